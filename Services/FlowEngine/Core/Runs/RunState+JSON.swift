internal import FoundationEssentials
internal import Identity
public import JSON
internal import Trust

/// A stored state that this engine cannot read.
public struct CorruptRunState: Error, Hashable, Sendable, CustomStringConvertible {
    public var field: String
    public init(_ field: String) { self.field = field }
    public var description: String { "the stored state of the run has no valid '\(field)'" }
}

extension RunState {
    /// Lets a later engine tell old rows from new ones.
    static let format: Int64 = 2

    /// As it is stored.
    public var json: JSONValue {
        var members: JSONObject = [
            "format": .int(Self.format), "tenant": .string(tenant.description), "run": .string(run.description), "flow": .string(flow),
            "version": .string(version.hex), "principal": principal.json, "trigger": trigger, "started_at": .int(startedAt.micros),
            "steps": .object(steps), "vars": .object(vars), "branches": .array(branches.map(\.json)), "last_seq": .int(Int64(lastSeq)),
        ]
        if !scopes.isEmpty { members["scopes"] = .array(scopes.map(\.json)) }
        if !compensations.isEmpty { members["compensations"] = .array(compensations.map(\.json)) }
        members["parent"] = parent?.json
        members["pause"] = pause.map { ["by": .string($0.by), "reason": .string($0.reason)] }
        members["ending"] = ending?.json
        members["closing"] = closing?.json
        return .object(members)
    }

    public init(json: JSONValue) throws(CorruptRunState) {
        let format = json["format"]?.intValue
        guard format == Self.format || format == 1 else { throw CorruptRunState("format") }
        let fields = StateReader(json)
        self.init(
            tenant: try fields.identifier("tenant"), run: try fields.identifier("run"), flow: try fields.string("flow"),
            version: try fields.digest("version"), principal: try RunPrincipal(json["principal"]), trigger: try fields.value("trigger"),
            startedAt: Date(micros: try fields.int("started_at")), node: "")
        steps = try fields.object("steps")
        if format == 1 { try readOnePosition(fields) } else { try readBranches(fields) }
    }

    private mutating func readBranches(_ fields: StateReader) throws(CorruptRunState) {
        vars = try fields.object("vars")
        lastSeq = Int(try fields.int("last_seq"))
        branches = []
        for branch in try fields.array("branches") { branches.append(try RunBranch(StateReader(branch))) }
        for scope in fields.json["scopes"]?.arrayValue ?? [] { scopes.append(try OpenScope(StateReader(scope))) }
        for call in fields.json["compensations"]?.arrayValue ?? [] { compensations.append(try Compensation(StateReader(call))) }
        parent = try fields.optional("parent", RunParent.init)
        pause = try fields.optional("pause") { reader throws(CorruptRunState) in
            RunPause(by: try reader.string("by"), reason: try reader.string("reason"))
        }
        ending = try fields.optional("ending", RunClosing.init)
        closing = try fields.optional("closing", RunClosing.init)
    }

    /// Format 1 had one position.
    private mutating func readOnePosition(_ fields: StateReader) throws(CorruptRunState) {
        lastSeq = Int(try fields.int("seq"))
        let phase = try fields.nested("phase")
        if try phase.string("is") == "closed" {
            branches = []
            closing = try RunClosing(phase)
            return
        }
        branches = [RunBranch(seq: lastSeq, node: try fields.string("node"), phase: try RunPhase(phase))]
        if let stop = fields.json["stop"].map(StateReader.init) {
            guard let cause = RunStop.Cause(rawValue: try stop.string("cause")) else { throw CorruptRunState("stop") }
            ending = RunStop(cause: cause, by: try stop.string("by"), reason: try stop.string("reason")).closing
            branches[0].isCalledOff = true
        }
    }
}

/// Reads members that must be there.
struct StateReader {
    let json: JSONValue
    init(_ json: JSONValue) { self.json = json }

    func value(_ name: String) throws(CorruptRunState) -> JSONValue { try found(json[name], name) }
    func string(_ name: String) throws(CorruptRunState) -> String { try found(json[name]?.stringValue, name) }
    func int(_ name: String) throws(CorruptRunState) -> Int64 { try found(json[name]?.intValue, name) }
    func object(_ name: String) throws(CorruptRunState) -> JSONObject { try found(json[name]?.objectValue, name) }
    func array(_ name: String) throws(CorruptRunState) -> [JSONValue] { try found(json[name]?.arrayValue, name) }
    func digest(_ name: String) throws(CorruptRunState) -> SHA256Digest { try found(json[name]?.stringValue.flatMap(SHA256Digest.init(hex:)), name) }
    func identifier<ID: Identifier>(_ name: String) throws(CorruptRunState) -> ID { try found(json[name]?.stringValue.flatMap { ID($0) }, name) }
    func nested(_ name: String) throws(CorruptRunState) -> StateReader { StateReader(try value(name)) }
    func optional<Value>(_ name: String, _ read: (StateReader) throws(CorruptRunState) -> Value) throws(CorruptRunState) -> Value? {
        guard let value = json[name], !value.isNull else { return nil }
        return try read(StateReader(value))
    }

    private func found<Value>(_ value: Value?, _ name: String) throws(CorruptRunState) -> Value {
        guard let value else { throw CorruptRunState(name) }
        return value
    }
}
