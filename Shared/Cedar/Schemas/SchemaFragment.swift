/// A schema as it is written, in either of its syntaxes: names are not yet looked up. Several may make one ``Schema``.
///
/// Equality is that of what is said: places in a text do not count.
public struct SchemaFragment: Hashable, Sendable {
    /// In their order; what stands outside of any namespace is under the empty name.
    package internal(set) var namespaces: [Namespace] = []

    package struct Namespace: Hashable, Sendable {
        package let name: SchemaName
        package var annotations = SchemaAnnotations()
        package var common: [CommonType] = []
        package var entities: [EntityType] = []
        package var actions: [Action] = []
    }

    package struct CommonType: Hashable, Sendable {
        package let name: SchemaName
        package let annotations: SchemaAnnotations
        package let type: SchemaType
    }

    package struct EntityType: Hashable, Sendable {
        package let name: SchemaName
        package let annotations: SchemaAnnotations
        package var parents: [SchemaName] = []
        package var shape = SchemaType.record([])
        package var tags: SchemaType?
        /// The ids that there are, where the type is an enumeration.
        package var ids: [Text]?
    }

    package struct Action: Hashable, Sendable {
        /// Its id, which may be any string.
        package let name: SchemaName
        package let annotations: SchemaAnnotations
        package var parents: [ActionReference] = []
        /// Nil where nobody can ask for the action: it only groups others.
        package var appliesTo: AppliesTo?
    }

    package struct ActionReference: Hashable, Sendable {
        /// Nil means an action of the namespace that the reference stands in, or else of none.
        package let type: SchemaName?
        package let id: SchemaName
    }

    package struct AppliesTo: Hashable, Sendable {
        package var principals: [SchemaName] = []
        package var resources: [SchemaName] = []
        package var context = SchemaType.record([])
    }
}

/// A type as a schema writes it.
package indirect enum SchemaType: Hashable, Sendable {
    case bool, long, string
    case set(SchemaType)
    case record([Attribute])
    case entity(SchemaName)
    case `extension`(SchemaName)
    case common(SchemaName)
    /// Cedar's own syntax does not say which of both a name is.
    case entityOrCommon(SchemaName)

    package struct Attribute: Hashable, Sendable {
        package let name: SchemaName
        package let annotations: SchemaAnnotations
        package let isRequired: Bool
        package let type: SchemaType
    }
}
