public import FoundationEssentials
public import Identity
internal import Postgres

/// A message that was set aside, as an operator may see it: everything but its payload.
public struct ParkedMessage: Sendable, Hashable {
    public let service: ServiceName
    public let tenant: TenantID
    public let id: UUID
    public let destination: String
    public let method: String
    public let principal: String?
    public let traceparent: String?
    public let createdAt: Date
    public let parkedAt: Date
    public let attempts: Int
    public let lastError: String?
    public let payloadBytes: Int
    /// SHA-256, in hexadecimal: enough to tell whether two payloads are the same.
    public let payloadDigest: String

    static let columns = """
        tenant_id, id, destination, method, principal, traceparent, created_at, parked_at, attempts, last_error,
        octet_length(payload)::bigint AS payload_bytes, encode(sha256(payload), 'hex') AS payload_digest
        """

    init(_ row: PostgresRow, service: ServiceName) throws {
        self.service = service
        tenant = TenantID(rawValue: try row.uuid("tenant_id"))
        id = try row.uuid("id")
        destination = try row.text("destination")
        method = try row.text("method")
        principal = try row.optionalText("principal")
        traceparent = try row.optionalText("traceparent")
        createdAt = try row.timestamp("created_at")
        parkedAt = try row.timestamp("parked_at")
        attempts = Int(try row.int("attempts"))
        lastError = try row.optionalText("last_error")
        payloadBytes = Int(try row.int("payload_bytes"))
        payloadDigest = try row.text("payload_digest")
    }
}

/// How much waits for one service.
public struct OutboxDepth: Sendable, Hashable {
    public let service: ServiceName
    public let destination: String
    public let pending: Int64
    public let parked: Int64
    public let oldestSeconds: Double
}
