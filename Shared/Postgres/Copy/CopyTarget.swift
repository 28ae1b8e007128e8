/// The table and columns that a COPY fills.
public struct CopyTarget: Sendable, Hashable {
    public var schema: String?
    public var table: String
    public var columns: [String]

    public init(schema: String? = nil, table: String, columns: [String]) {
        self.schema = schema
        self.table = table
        self.columns = columns
    }

    func statement() throws(PostgresError) -> String {
        guard !columns.isEmpty else { throw .invalidParameter("COPY needs columns") }
        let name = try ([schema].compactMap { $0 } + [table]).map(Self.quoted).joined(separator: ".")
        return "COPY \(name) (\(try columns.map(Self.quoted).joined(separator: ", "))) FROM STDIN (FORMAT binary)"
    }

    private static func quoted(_ identifier: String) throws(PostgresError) -> String {
        guard !identifier.utf8.contains(0), !identifier.isEmpty else { throw .invalidParameter("an identifier is empty or contains a NUL") }
        return "\"" + identifier.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
