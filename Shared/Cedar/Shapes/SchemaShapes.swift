/// The shapes of values as a schema in Cedar's syntax declares them, and its actions: what it takes to read entities and contexts.
///
/// Nothing is checked beyond the syntax; a name that is declared nowhere leaves the shape open.
public struct SchemaShapes: ValueShapes {
    private var declarations: SchemaDeclarations

    public let actions: [Entity]

    public init(parsing text: String) throws(PolicySyntaxError) {
        var parser = try Parser(SourceText(text), limits: .default)
        declarations = try parser.parseSchemaDeclarations()
        actions = declarations.actions.map { Entity(uid: $0.key, parents: $0.value.parents) }.sorted { $0.uid < $1.uid }
    }

    public func attributes(of type: Text) -> ValueShape? {
        declarations.entities[type].map { declarations.shape($0.attributes, in: $0.namespace) }
    }

    public func tags(of type: Text) -> ValueShape? {
        guard let entity = declarations.entities[type], let tags = entity.tags else { return nil }
        return declarations.shape(tags, in: entity.namespace)
    }

    public func context(of action: EntityUID) -> ValueShape? {
        guard let declared = declarations.actions[action], let context = declared.context else { return nil }
        return declarations.shape(context, in: declared.namespace)
    }
}

/// What a schema declares, as it is written: names are looked up when a shape is asked for.
struct SchemaDeclarations: Sendable {
    indirect enum Written: Sendable {
        case name(Text)
        case set(Written)
        case record([(Text, Written)])
    }

    struct EntityType: Sendable {
        let namespace: Text?
        var attributes = Written.record([])
        var tags: Written?
    }

    struct Action: Sendable {
        let namespace: Text?
        var parents: [EntityUID] = []
        var context: Written?
    }

    struct CommonType: Sendable {
        let namespace: Text?
        let type: Written
    }

    var entities: [Text: EntityType] = [:]
    var actions: [EntityUID: Action] = [:]
    var common: [Text: CommonType] = [:]

    private static let depthMax = 64
    private static let extensions = ["ipaddr": "ip", "decimal": "decimal", "datetime": "datetime", "duration": "duration"]

    static func qualified(_ name: Text, _ namespace: Text?) -> Text { namespace.map { Text("\($0)::\(name)") } ?? name }

    /// Common types that name each other in a circle end at a depth; a schema that has them is refused elsewhere.
    func shape(_ written: Written, in namespace: Text?, depth: Int = 0) -> ValueShape {
        guard depth < Self.depthMax else { return .any }
        switch written {
        case .set(let element): return .set(shape(element, in: namespace, depth: depth + 1))
        case .record(let members):
            return .record(Dictionary(members.map { ($0.0, shape($0.1, in: namespace, depth: depth + 1)) }) { _, last in last })
        case .name(let name): return shape(named: name, in: namespace, depth: depth)
        }
    }

    /// A name means what its own namespace has, then what stands outside of any, then what Cedar has.
    private func shape(named name: Text, in namespace: Text?, depth: Int) -> ValueShape {
        for candidate in [Self.qualified(name, namespace), name] {
            if let type = common[candidate] { return shape(type.type, in: type.namespace, depth: depth + 1) }
            if entities[candidate] != nil { return .entity }
        }
        let builtIn = name.string.hasPrefix("__cedar::") ? String(name.string.dropFirst("__cedar::".count)) : name.string
        return Self.extensions[builtIn].map(ValueShape.extension) ?? .any
    }
}
