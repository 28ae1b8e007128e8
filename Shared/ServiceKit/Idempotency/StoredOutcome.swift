internal import JSON
public import RPC

/// How an effect ended, where its end is kept with what it changed.
public enum EffectOutcome<Response: Sendable>: Sendable {
    case answer(Response)
    /// What was changed stands, and so does the refusal: a retry gets it again.
    case refusal(RPCError)

    public func get() throws(RPCError) -> Response {
        switch self {
        case .answer(let response): return response
        case .refusal(let error): throw error
        }
    }
}

/// A refusal as a document in the database.
enum StoredRefusal {
    static func encode(_ error: RPCError) -> [UInt8] {
        let details = JSONObject(error.details.map { ($0.key, .string($0.value)) })
        return JSONValue.object(["reason": .string(error.reason), "message": .string(error.message), "details": .object(details)]).encoded()
    }

    static func decode(_ bytes: [UInt8], code: Int64) throws -> RPCError {
        let document = try JSONValue(parsing: bytes)
        let details = (document["details"]?.objectValue ?? JSONObject()).compactMap { name, value in value.stringValue.map { (name, $0) } }
        return RPCError(
            UInt32(exactly: code).flatMap(StatusCode.init) ?? .unknown, reason: document["reason"]?.stringValue ?? "",
            message: document["message"]?.stringValue ?? "", details: Dictionary(details, uniquingKeysWith: { first, _ in first }))
    }
}
