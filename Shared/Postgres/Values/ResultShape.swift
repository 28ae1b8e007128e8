/// The columns of a result. Shared by all results of one prepared statement, whose columns cannot change.
final class ResultShape: Sendable {
    static let empty = ResultShape(names: [], types: [])

    let names: [String]
    let types: [UInt32]

    init(names: [String], types: [UInt32]) {
        self.names = names
        self.types = types
    }
}
