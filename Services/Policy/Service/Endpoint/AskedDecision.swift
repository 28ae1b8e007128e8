internal import Cedar
internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
internal import RPC
internal import Trust
internal import Wire

/// A request for a decision, read and held against its limits and against who sent it.
struct AskedDecision: Sendable {
    private enum Limit {
        static let nameBytes = 256
        static let documentBytes = 1 << 20
        static let contextBytes = 64 << 10
        static let roles = 64
        static let grants = 16
        static let causes = 64
    }

    var question: Question
    var run: RunID?
    var step: String
    /// What the decision belongs to; the run where the caller names nothing.
    var session: String
    /// The approvals as they were sent; of these, the question keeps those that are not used up.
    var given: [ApprovalGrant]
    var causes: [SHA256Digest]
    /// Its own, although decisions of several requests share a commit.
    var trace: String
    var requestID: [UInt8]
    /// Tells one request from another under the same id.
    var digest: SHA256Digest

    init(_ request: PolicyV1.DecideRequest, _ context: CallContext, at time: Date) throws(RPCError) {
        let principal = try Self.entity(request.principal, "principal")
        let resource = try Self.entity(request.resource, "resource")
        let isDelegated = context.delegationToken != nil
        guard !isDelegated || context.principal == principal.id.string else {
            throw RPCError(.permissionDenied, reason: "PRINCIPAL_MISMATCH", message: "a decision can be asked for oneself only")
        }
        guard !isDelegated || request.grants.isEmpty else {
            throw RPCError(.permissionDenied, reason: "GRANTS_NOT_ACCEPTED", message: "approvals come from the service that opened the task")
        }
        question = Question(
            principalType: principal.type.string, principal: principal.id.string, roles: try Self.roles(isDelegated ? context.roles : request.roles),
            action: try Self.name(request.action, "action"), resourceType: resource.type.string, resource: resource.id.string,
            context: try Self.object(request.contextJSON, "context_json", Limit.contextBytes), input: try Self.input(request.inputJSON),
            grants: try Self.grants(request.grants), time: time)
        run = try Self.run(request.runID)
        step = request.step.isEmpty ? "" : try Self.name(request.step, "step")
        session = request.session.isEmpty ? run?.description ?? "" : try Self.name(request.session, "session")
        given = question.grants
        causes = try Self.causes(request.causes)
        trace = context.trace.traceIDText
        requestID = request.requestID.isEmpty ? UUIDv7.make().bytes : request.requestID
        guard requestID.count <= 64 else { throw .invalid("request_id", "is longer than 64 bytes", fix: "send an id of the request") }
        digest = Self.digest(question, run, step)
    }

    private static func digest(_ question: Question, _ run: RunID?, _ step: String) -> SHA256Digest {
        let grants = question.grants.map { grant -> JSONValue in
            [.string(grant.task.description), .string(grant.role), .string(grant.approver), .string(grant.enforcedIdentity.hex)]
        }
        let content: JSONValue = [
            "question": question.content, "grants": .array(grants), "run": .string(run?.description ?? ""), "step": .string(step),
        ]
        return SHA256Digest(hashing: content.encoded())
    }
}

// MARK: Fields

extension AskedDecision {
    private static func name(_ text: String, _ field: String) throws(RPCError) -> String {
        guard (1...Limit.nameBytes).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .invalid(field, "is empty, longer than \(Limit.nameBytes) bytes or holds a control character", fix: "send a printable name")
        }
        return text
    }

    private static func entity(_ reference: PolicyV1.EntityReference?, _ field: String) throws(RPCError) -> EntityUID {
        guard let reference else { throw .invalid(field, "is missing", fix: "send its type and id") }
        let id = try name(reference.id, "\(field).id")
        do throws(EntitiesError) {
            return try EntityUID(json: ["type": .string(reference.type), "id": .string(id)])
        } catch {
            throw .invalid("\(field).type", "is not the name of a Cedar type", fix: "send for example User")
        }
    }

    private static func roles(_ roles: [String]) throws(RPCError) -> [String] {
        guard roles.count <= Limit.roles else {
            throw .invalid("roles", "has more than \(Limit.roles) entries", fix: "send the principal's own roles")
        }
        for role in roles { _ = try name(role, "roles") }
        return roles
    }

    private static func object(_ bytes: [UInt8], _ field: String, _ limit: Int) throws(RPCError) -> JSONObject {
        if bytes.isEmpty { return [:] }
        guard let members = try document(bytes, field, limit).objectValue else { throw .invalid(field, "is no JSON object", fix: "send {…}") }
        return members
    }

    private static func input(_ bytes: [UInt8]) throws(RPCError) -> JSONValue {
        bytes.isEmpty ? [:] : try document(bytes, "input_json", Limit.documentBytes)
    }

    private static func document(_ bytes: [UInt8], _ field: String, _ limit: Int) throws(RPCError) -> JSONValue {
        do throws(JSONError) {
            // A statement about the input may not be deeper than what Cedar and the receipts can carry.
            return try JSONValue(parsing: bytes, limits: JSONLimits(size: limit, depth: 64))
        } catch {
            throw .invalid(field, "is no JSON: \(error)", fix: "send UTF-8 JSON of at most \(limit) bytes")
        }
    }

    private static func grants(_ grants: [PolicyV1.Grant]) throws(RPCError) -> [ApprovalGrant] {
        guard grants.count <= Limit.grants else {
            throw .invalid("grants", "has more than \(Limit.grants) entries", fix: "send the approvals of this step")
        }
        var read: [ApprovalGrant] = []
        for (index, grant) in grants.enumerated() where grant.gate == "approval" {
            guard let task = TaskID(bytes: grant.taskID), let identity = SHA256Digest(bytes: grant.enforcedIdentity) else {
                throw .invalid("grants[\(index)]", "names no task or no identity", fix: "send 16 bytes of task_id and 32 of enforced_identity")
            }
            read.append(
                ApprovalGrant(
                    role: try name(grant.role, "grants[\(index)].role"), approver: try name(grant.approver, "grants[\(index)].approver"), task: task,
                    enforcedIdentity: identity, expires: Date(micros: grant.expiresMicros)))
        }
        return read
    }

    static func run(_ bytes: [UInt8]) throws(RPCError) -> RunID? {
        if bytes.isEmpty { return nil }
        guard let run = RunID(bytes: bytes) else { throw .invalid("run_id", "is not a run's id", fix: "send the 16 bytes of the UUID") }
        return run
    }

    private static func causes(_ causes: [[UInt8]]) throws(RPCError) -> [SHA256Digest] {
        let digests = causes.compactMap { SHA256Digest(bytes: $0) }
        guard digests.count == causes.count, causes.count <= Limit.causes else {
            throw .invalid("causes", "has an entry that is no SHA-256, or more than \(Limit.causes)", fix: "send digests of receipts")
        }
        return digests
    }
}
