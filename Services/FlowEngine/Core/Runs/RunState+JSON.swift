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
    /// As it is stored. `format` lets a later engine tell old rows from new ones.
    public var json: JSONValue {
        var members: JSONObject = [
            "format": 1, "tenant": .string(tenant.description), "run": .string(run.description), "flow": .string(flow),
            "version": .string(version.hex),
            "principal": principal.json, "trigger": trigger, "started_at": .int(startedAt.micros), "steps": .object(steps),
            "seq": .int(Int64(seq)),
            "node": .string(node), "phase": phase.json,
        ]
        if let stop { members["stop"] = ["cause": .string(stop.cause.rawValue), "by": .string(stop.by), "reason": .string(stop.reason)] }
        return .object(members)
    }

    public init(json: JSONValue) throws(CorruptRunState) {
        guard json["format"]?.intValue == 1 else { throw CorruptRunState("format") }
        let fields = StateReader(json)
        self.init(
            tenant: try fields.identifier("tenant"), run: try fields.identifier("run"), flow: try fields.string("flow"),
            version: try fields.digest("version"),
            principal: try RunPrincipal(json["principal"]), trigger: try fields.value("trigger"),
            startedAt: Date(micros: try fields.int("started_at")),
            node: try fields.string("node"))
        steps = try fields.object("steps")
        seq = Int(try fields.int("seq"))
        phase = try RunPhase(StateReader(try fields.value("phase")))
        if let stop = json["stop"] {
            let fields = StateReader(stop)
            guard let cause = RunStop.Cause(rawValue: try fields.string("cause")) else { throw CorruptRunState("stop") }
            self.stop = RunStop(cause: cause, by: try fields.string("by"), reason: try fields.string("reason"))
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

    private func found<Value>(_ value: Value?, _ name: String) throws(CorruptRunState) -> Value {
        guard let value else { throw CorruptRunState(name) }
        return value
    }
}
