public import JSON

/// Where in a table the things stand that policies ask of a resource.
public struct FilterColumns: Sendable {
    /// The entity type of a row.
    public var type: Text
    /// Column with a row's entity id, of SQL type text.
    public var id: String
    /// By the path of the attribute, such as `owner` or `owner.department`.
    public var attributes: [String: Column]
    /// SQL that holds where a row is below an entity of that type; `{id}` stands for the entity's id.
    public var ancestors: [Text: String]

    public struct Column: Sendable, Hashable {
        public var name: String
        public var type: ColumnType
        /// Whether a row may have none: Cedar's optional attribute.
        public var isNullable: Bool

        public init(name: String, type: ColumnType, isNullable: Bool = false) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
        }
    }

    public init(type: Text, id: String, attributes: [String: Column] = [:], ancestors: [Text: String] = [:]) {
        self.type = type
        self.id = id
        self.attributes = attributes
        self.ancestors = ancestors
    }
}

/// What a column holds.
public enum ColumnType: Sendable, Hashable {
    case bool, long, string
    /// The ids, as text, of entities of one type.
    case entity(Text)
    /// An array of one of the others.
    indirect case set(ColumnType)
}

extension FilterColumns {
    /// From `{"type": "Doc", "id": "doc_id", "attributes": {"owner": {"column": "owner", "type": "entity", "entity_type": "User", "nullable":
    /// true}, "labels": {"column": "labels", "type": "set", "element": {"type": "string"}}}, "ancestors": {"Folder": "folder_id = {id}"}}`.
    public init(json: JSONValue) throws(FilterError) {
        guard let type = json["type"]?.stringValue else { throw FilterError("/type is missing: the entity type of a row") }
        guard let id = json["id"]?.stringValue else { throw FilterError("/id is missing: the column with a row's entity id") }
        self.init(type: Text(type), id: id)
        for (path, column) in json["attributes"]?.objectValue ?? [:] { attributes[path] = try Column(json: column, at: "/attributes/\(path)") }
        for (ancestor, sql) in json["ancestors"]?.objectValue ?? [:] {
            guard let sql = sql.stringValue, sql.contains("{id}") else { throw FilterError("/ancestors/\(ancestor) is no SQL that holds {id}") }
            ancestors[Text(ancestor)] = sql
        }
    }
}

extension FilterColumns.Column {
    init(json: JSONValue, at path: String) throws(FilterError) {
        guard let name = json["column"]?.stringValue else { throw FilterError("\(path)/column is missing") }
        self.init(name: name, type: try ColumnType(json: json, at: path), isNullable: json["nullable"]?.boolValue ?? false)
    }
}

extension ColumnType {
    init(json: JSONValue, at path: String) throws(FilterError) {
        switch json["type"]?.stringValue {
        case "bool": self = .bool
        case "long": self = .long
        case "string": self = .string
        case "entity":
            guard let type = json["entity_type"]?.stringValue else { throw FilterError("\(path)/entity_type is missing") }
            self = .entity(Text(type))
        case "set":
            guard let element = json["element"] else { throw FilterError("\(path)/element is missing: the type of what the set holds") }
            let inner = try ColumnType(json: element, at: path + "/element")
            if case .set = inner { throw FilterError("\(path)/element: an array of arrays cannot be asked") }
            self = .set(inner)
        default: throw FilterError("\(path)/type is not bool, long, string, entity or set")
        }
    }
}

/// Why policies, or what was told about the columns, cannot become a filter.
public struct FilterError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
