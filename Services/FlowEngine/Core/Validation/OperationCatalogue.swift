/// The connector operations that exist, with the schema of their input.
public struct OperationCatalogue: Sendable {
    public struct Operation: Sendable {
        public var name: String
        public var title: String
        public var input: FormSchema?

        public init(name: String, title: String = "", input: FormSchema? = nil) {
            self.name = name
            self.title = title
            self.input = input
        }
    }

    public let operations: [String: Operation]

    public init(_ operations: [Operation]) {
        self.operations = Dictionary(operations.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
