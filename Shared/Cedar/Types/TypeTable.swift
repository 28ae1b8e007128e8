/// A type, by its place in a ``TypeTable``.
struct TypeID: Hashable, Sendable {
    let index: Int32
}

/// What is known of a value.
enum TypeNode: Hashable, Sendable {
    /// Of no value: the elements of an empty set.
    case never
    /// A boolean whose value is known, or not.
    case bool(Bool?)
    case long, string
    case `extension`(ExtensionType)
    case set(TypeID)
    /// In the order of their names. An open record may have attributes besides these.
    case record([AttributeType], isOpen: Bool)
    /// An entity of one of these types, by their places in the schema, in their order.
    case entity([Int32])
    /// An entity of which no more is known: what actions and other entities have in common.
    case anyEntity
}

struct AttributeType: Hashable, Sendable {
    let name: Text
    let type: TypeID
    let isRequired: Bool
}

enum ExtensionType: String, CaseIterable, Hashable, Sendable {
    case ipaddr, decimal, datetime, duration

    /// The function that makes values of it.
    var constructor: ExtensionFunction {
        switch self {
        case .ipaddr: .ip
        case .decimal: .decimal
        case .datetime: .datetime
        case .duration: .duration
        }
    }
}

/// Types that are told apart: each is kept once, so that equal types are one number, and a schema in which common types stand for much is
/// as large as it is written.
struct TypeTable: Sendable {
    private(set) var nodes: [TypeNode] = []
    private var ids: [TypeNode: TypeID] = [:]
    /// How deep types stand in each other.
    private var depths: [Int16] = []

    static let never = TypeID(index: 0)
    static let bool = TypeID(index: 1)
    static let yes = TypeID(index: 2)
    static let no = TypeID(index: 3)
    static let long = TypeID(index: 4)
    static let string = TypeID(index: 5)
    static let ipaddr = TypeID(index: 6)
    static let decimal = TypeID(index: 7)
    static let datetime = TypeID(index: 8)
    static let duration = TypeID(index: 9)
    static let emptyRecord = TypeID(index: 10)

    init() {
        for node in [
            .never, .bool(nil), .bool(true), .bool(false), .long, .string, .extension(.ipaddr), .extension(.decimal), .extension(.datetime),
            .extension(.duration), .record([], isOpen: false),
        ] as [TypeNode] { _ = id(of: node) }
    }

    subscript(id: TypeID) -> TypeNode { nodes[Int(id.index)] }

    func depth(of id: TypeID) -> Int { Int(depths[Int(id.index)]) }
    var count: Int { nodes.count }

    static func bool(_ value: Bool?) -> TypeID { value.map { $0 ? yes : no } ?? bool }

    static func `extension`(_ type: ExtensionType) -> TypeID {
        switch type {
        case .ipaddr: ipaddr
        case .decimal: decimal
        case .datetime: datetime
        case .duration: duration
        }
    }

    /// The attributes of a record stand in the order of their names.
    mutating func id(of node: TypeNode) -> TypeID {
        if let known = ids[node] { return known }
        let id = TypeID(index: Int32(nodes.count))
        nodes.append(node)
        ids[node] = id
        depths.append(Int16(clamping: depth(of: node)))
        return id
    }

    private func depth(of node: TypeNode) -> Int {
        switch node {
        case .set(let element): depth(of: element) + 1
        case .record(let attributes, _): (attributes.map { depth(of: $0.type) }.max() ?? 0) + 1
        default: 1
        }
    }
}

extension [AttributeType] {
    /// Names are in order: a search in halves.
    subscript(name: Text) -> AttributeType? {
        if count <= 8 { return first { $0.name == name } }
        var (lower, upper) = (0, count)
        while lower < upper {
            let middle = (lower + upper) / 2
            if self[middle].name < name { lower = middle + 1 } else { upper = middle }
        }
        return lower < count && self[lower].name == name ? self[lower] : nil
    }
}
