public import JSON

/// A list that is either computed or a JSON array as it came: nothing is converted before it is looked at.
public struct CELList: Sendable {
    private enum Storage {
        case json([JSONValue])
        case values([CELValue], depth: Int)
    }

    private let storage: Storage

    public init(_ values: [JSONValue]) { storage = .json(values) }
    public init(_ values: [CELValue]) { storage = .values(values, depth: 1 + (values.lazy.map(\.depth).max() ?? 0)) }

    public var count: Int {
        switch storage {
        case .json(let values): values.count
        case .values(let values, _): values.count
        }
    }

    public subscript(index: Int) -> CELValue {
        switch storage {
        case .json(let values): CELValue(values[index])
        case .values(let values, _): values[index]
        }
    }

    /// Lists and maps inside each other that an expression has made.
    var depth: Int { if case .values(_, let depth) = storage { depth } else { 1 } }

    public var values: [CELValue] {
        switch storage {
        case .json(let values): values.map(CELValue.init)
        case .values(let values, _): values
        }
    }
}
