extension RPCError {
    /// Input that the caller must mend: names the field and the fix.
    public static func invalid(_ field: String, _ message: String, fix: String) -> RPCError {
        RPCError(.invalidArgument, reason: "INVALID_FIELD", message: "\(field) \(message)", details: ["field": field, "fix": fix])
    }
}
