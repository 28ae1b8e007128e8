internal import Identity
internal import JSON

extension RunBranch {
    var json: JSONValue {
        var members: JSONObject = ["seq": .int(Int64(seq)), "node": .string(node), "phase": phase.json]
        if let scope {
            members["scope"] = .int(Int64(scope))
            members["index"] = .int(Int64(index))
        }
        if isCalledOff { members["called_off"] = true }
        if isCompensation { members["compensation"] = true }
        return .object(members)
    }

    init(_ fields: StateReader) throws(CorruptRunState) {
        self.init(seq: Int(try fields.int("seq")), node: try fields.string("node"), phase: try RunPhase(fields.nested("phase")))
        if fields.json["scope"] != nil {
            scope = Int(try fields.int("scope"))
            index = Int(try fields.int("index"))
        }
        isCalledOff = fields.json["called_off"]?.boolValue ?? false
        isCompensation = fields.json["compensation"]?.boolValue ?? false
    }
}

extension OpenScope {
    var json: JSONValue {
        var members: JSONObject = [
            "seq": .int(Int64(seq)), "node": .string(node), "outer_index": .int(Int64(outerIndex)), "begun": .int(Int64(begun)),
            "finished": .int(Int64(finished)), "results": .array(results),
        ]
        members["outer"] = outer.map { .int(Int64($0)) }
        if !items.isEmpty {
            members["items"] = .array(items)
            members["bodies"] = .array(
                bodies.sorted { $0.key < $1.key }.map { index, body in
                    ["index": .int(Int64(index)), "steps": .object(body.steps), "vars": .object(body.vars)]
                })
        }
        return .object(members)
    }

    init(_ fields: StateReader) throws(CorruptRunState) {
        self.init(
            seq: Int(try fields.int("seq")), node: try fields.string("node"), items: fields.json["items"]?.arrayValue ?? [],
            outer: fields.json["outer"]?.intValue.map { Int($0) }, outerIndex: Int(try fields.int("outer_index")),
            results: try fields.array("results"))
        begun = Int(try fields.int("begun"))
        finished = Int(try fields.int("finished"))
        for body in fields.json["bodies"]?.arrayValue ?? [] {
            let fields = StateReader(body)
            let index = Int(try fields.int("index"))
            guard items.indices.contains(index) else { throw CorruptRunState("bodies") }
            bodies[index] = Body(steps: try fields.object("steps"), vars: try fields.object("vars"))
        }
    }
}

extension RunParent {
    var json: JSONValue { ["run": .string(run.description), "seq": .int(Int64(seq)), "depth": .int(Int64(depth))] }

    init(_ fields: StateReader) throws(CorruptRunState) {
        self.init(run: try fields.identifier("run"), seq: Int(try fields.int("seq")), depth: Int(try fields.int("depth")))
    }
}

extension Compensation {
    var json: JSONValue { ["node": .string(node), "seq": .int(Int64(seq)), "operation": .string(operation), "input": input] }

    init(_ fields: StateReader) throws(CorruptRunState) {
        self.init(
            node: try fields.string("node"), seq: Int(try fields.int("seq")), operation: try fields.string("operation"),
            input: try fields.value("input"))
    }
}

extension RunClosing {
    var json: JSONValue {
        ["state": .string(state.rawValue), "outcome": .string(outcome), "message": .string(message), "output": output]
    }

    init(_ fields: StateReader) throws(CorruptRunState) {
        guard let state = State(rawValue: try fields.string("state")) else { throw CorruptRunState("state") }
        self.init(state: state, outcome: try fields.string("outcome"), message: try fields.string("message"), output: try fields.value("output"))
    }
}
