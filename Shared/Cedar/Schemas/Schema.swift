public import JSON

/// What there is: types of entities with their attributes, tags and parents, and actions with what they apply to. All names are looked up,
/// and common types stand for what they name.
public struct Schema: Sendable {
    let model: SchemaModel

    /// One schema of what several texts declare.
    public init(_ fragments: [SchemaFragment]) throws(SchemaError) { try self.init(fragments, sources: fragments.map { _ in .none }) }

    /// Reads Cedar's syntax of schemas.
    public init(parsing text: String, limits: SyntaxLimits = .default) throws(SchemaError) {
        let source = SourceText(text)
        try self.init([SchemaFragment(source: source, limits: limits)], sources: [.cedar(source)])
    }

    /// Reads the JSON syntax of schemas.
    public init(json: JSONValue) throws(SchemaError) { try self.init([SchemaFragment(json: json)]) }

    /// Reads a text in the JSON syntax of schemas; faults tell their line and column.
    public init(parsingJSON text: String, limits: JSONLimits = .default) throws(SchemaError) {
        try self.init([SchemaFragment(parsingJSON: text, limits: limits)], sources: [.json(SourceText(text))])
    }

    private init(_ fragments: [SchemaFragment], sources: [SchemaSource]) throws(SchemaError) {
        model = try SchemaResolver.resolve(fragments, sources)
    }
}

/// A resolved schema. Types of entities are known by their places in it.
final class SchemaModel: Sendable {
    let types: TypeTable
    /// The declared types, and after them those of actions.
    let entityTypes: [EntityType]
    let actions: [Action]
    /// The types of entities, by their places.
    let entityIDs: [TypeID]
    private let places: [Text: Int32]
    /// Of declared types; by their last parts, the first of each.
    let namesByBase: [String: Text]
    private let actionPlaces: [EntityUID: Int]
    /// By their types, where a value's JSON can be shorter for it.
    let shapes: [TypeID: ValueShape]

    struct EntityType: Sendable {
        let name: Text
        /// Those of all types that may be anywhere above, and anywhere below.
        var ancestors: Set<Int32> = []
        var descendants: Set<Int32> = []
        var attributes: [AttributeType] = []
        var record = TypeTable.emptyRecord
        var tags: TypeID?
        /// The ids that there are, where the type is an enumeration.
        var ids: [Text]? { didSet { idSet = Set(ids ?? []) } }
        private var idSet: Set<Text> = []
        let isAction: Bool

        init(name: Text, isAction: Bool) {
            self.name = name
            self.isAction = isAction
        }

        /// Whether an enumeration has an id; any other type has all.
        func has(_ id: Text) -> Bool { ids == nil || idSet.contains(id) }
    }

    struct Action: Sendable {
        let uid: EntityUID
        /// The place of its type.
        let type: Int32
        let parents: [EntityUID]
        /// By their places among the actions.
        var ancestors: Set<Int32> = []
        let principals: [Int32]
        let resources: [Int32]
        let context: TypeID
    }

    init(types: TypeTable, entityTypes: [EntityType], actions: [Action]) {
        var types = types
        entityIDs = entityTypes.indices.map { types.id(of: .entity([Int32($0)])) }
        self.types = types
        self.entityTypes = entityTypes
        self.actions = actions
        places = Dictionary(uniqueKeysWithValues: entityTypes.enumerated().map { ($1.name, Int32($0)) })
        let declared = entityTypes.lazy.filter { !$0.isAction }.map { (TypeName.basename(of: $0.name), $0.name) }
        namesByBase = Dictionary(declared) { first, _ in first }
        actionPlaces = Dictionary(uniqueKeysWithValues: actions.enumerated().map { ($1.uid, $0) })
        shapes = TypeShapes.of(entityTypes.map(\.record) + entityTypes.compactMap(\.tags) + actions.map(\.context), types)
    }

    /// The place of a type of entities, or of actions.
    func place(of type: Text) -> Int32? { places[type] }
    subscript(place: Int32) -> EntityType { entityTypes[Int(place)] }
    /// A declared type; those of actions are none.
    func entityType(_ name: Text) -> EntityType? { places[name].map { self[$0] }.flatMap { $0.isAction ? nil : $0 } }
    func actionPlace(_ uid: EntityUID) -> Int? { actionPlaces[uid] }
    func action(_ uid: EntityUID) -> Action? { actionPlaces[uid].map { actions[$0] } }

    /// Whether an entity of type `lower` can be one of type `upper` or anywhere below one.
    func canBe(_ lower: Int32, in upper: Int32) -> Bool { lower == upper || self[lower].ancestors.contains(upper) }

    func describe(_ type: TypeID, _ types: TypeTable? = nil) -> String { TypeDescription.of(type, types ?? self.types, entityTypes.map(\.name)) }
}
