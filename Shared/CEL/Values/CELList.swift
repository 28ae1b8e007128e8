public import JSON

/// A list that is either computed or a JSON array as it came: nothing is converted before it is looked at.
public struct CELList: Sendable {
    private enum Storage {
        case json([JSONValue])
        case values([CELValue])
    }

    private let storage: Storage

    public init(_ values: [JSONValue]) { storage = .json(values) }
    public init(_ values: [CELValue]) { storage = .values(values) }

    public var count: Int {
        switch storage {
        case .json(let values): values.count
        case .values(let values): values.count
        }
    }

    public subscript(index: Int) -> CELValue {
        switch storage {
        case .json(let values): CELValue(values[index])
        case .values(let values): values[index]
        }
    }

    public var values: [CELValue] {
        switch storage {
        case .json(let values): values.map(CELValue.init)
        case .values(let values): values
        }
    }
}
