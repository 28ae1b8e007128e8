/// Finds what a name in a schema refers to.
///
/// A name with a namespace refers to itself. One without is looked for in the namespace that it stands in, and then outside of any, where
/// Cedar's own types are as well, unless the schema has types of their names. A common type comes before an entity type of the same name.
struct SchemaLookup {
    enum Kind {
        case common, entity, any

        var words: String {
            switch self {
            case .common: "common type"
            case .entity: "entity type"
            case .any: "type"
            }
        }
    }

    enum Found: Hashable {
        case builtin(TypeID)
        case common(Text)
        case entity(Text)
    }

    private static let builtins: [String: TypeID] = {
        var types = ["Bool": TypeTable.bool, "Long": TypeTable.long, "String": TypeTable.string]
        for type in ExtensionType.allCases { types[type.rawValue] = TypeTable.extension(type) }
        return types
    }()

    private let definitions: SchemaDefinitions
    private let entityNames: Set<Text>

    init(_ definitions: SchemaDefinitions) {
        self.definitions = definitions
        entityNames = definitions.entityNames.union(definitions.actionTypes)
    }

    func find(_ name: Text, in namespace: Text, _ kind: Kind) -> Found? {
        for candidate in Self.candidates(name, in: namespace) {
            if kind != .entity, let found = common(candidate) { return found }
            if kind != .common, entityNames.contains(candidate) { return .entity(candidate) }
        }
        return nil
    }

    /// The whole names that a name may stand for, the nearest first.
    static func candidates(_ name: Text, in namespace: Text) -> [Text] {
        if namespace == "" || SchemaNames.isQualified(name) { return [name] }
        return [SchemaNames.qualified(name, in: namespace), name]
    }

    private func common(_ name: Text) -> Found? {
        if definitions.common[name] != nil { return .common(name) }
        let own = "\(TypeName.reservedNamespace)::"
        if name.string.hasPrefix(own) { return Self.builtins[String(name.string.dropFirst(own.count))].map(Found.builtin) }
        // A type of the schema hides Cedar's own one.
        return entityNames.contains(name) ? nil : Self.builtins[name.string].map(Found.builtin)
    }

    /// A name that a misspelt one may have meant.
    func nearest(to name: Text, in namespace: Text, _ kind: Kind) -> String? {
        var known: Set<String> = []
        let prefix = namespace == "" ? "" : "\(namespace)::"
        func add(_ name: Text) {
            known.insert(name.string.hasPrefix(prefix) ? String(name.string.dropFirst(prefix.count)) : name.string)
        }
        if kind != .entity {
            definitions.commonNames.forEach(add)
            known.formUnion(Self.builtins.keys)
        }
        if kind != .common { definitions.entityNames.forEach(add) }
        return Spelling.nearest(to: name.string, in: known.sorted())
    }
}
