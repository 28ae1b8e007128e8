import FlowEngineCore
import JSON
import Trust

/// Makes flows at random: every kind of node that the engine runs, nested as publishing allows it.
struct DocumentMaker {
    private var random: SeededRandom
    private var nodes: [JSONValue] = []
    private var left: Int
    private let child: SHA256Digest?

    /// - Parameter child: The version that `subflow` nodes start; nil for a flow without them.
    static func make(_ name: String, seed: UInt64, nodes: Int, child: SHA256Digest?) -> FlowDocument? {
        var maker = DocumentMaker(random: SeededRandom(seed: seed), left: nodes, child: child)
        let end = maker.end(maker.random.chance(70) ? "success" : "failure")
        let head = maker.sequence(to: end, depth: 0)
        let trigger: JSONValue = ["id": "start", "type": "trigger", "trigger": ["kind": "manual"], "next": .string(head)]
        var document: JSONObject = [
            "schema": .string(FlowDocument.schema), "name": .string(name), "title": .string(name), "nodes": .array([trigger] + maker.nodes),
        ]
        if maker.random.chance(20) { document["deadline"] = "6h" }
        let reading = FlowParser.parse(.object(document))
        guard reading.document != nil else { preconditionFailure("the maker made a flow that cannot be published: \(reading.problems)") }
        return reading.document
    }

    private init(random: SeededRandom, left: Int, child: SHA256Digest?) {
        self.random = random
        self.left = left
        self.child = child
    }

    private mutating func add(_ type: String, _ members: JSONObject) -> String {
        let id = "n\(nodes.count)"
        nodes.append(.object((["id": .string(id), "type": .string(type)] as JSONObject).merging(members)))
        return id
    }

    private mutating func end(_ outcome: String) -> String { add("end", ["outcome": .string(outcome)]) }

    /// Nodes one after the other that lead to `target`; the first one's id.
    private mutating func sequence(to target: String, depth: Int) -> String {
        var next = target
        for _ in 0..<(1 + random.below(4)) where left > 0 {
            left -= 1
            next = node(to: next, away: target, depth: depth)
        }
        // A body needs at least one node of its own.
        return next == target && depth > 0 ? add("assign", ["set": ["x": 1], "next": .string(target)]) : next
    }

    /// - Parameter away: Where failures lead: the end of the sequence.
    private mutating func node(to next: String, away: String, depth: Int) -> String {
        let (next, away) = (JSONValue.string(next), JSONValue.string(away))
        switch random.below(depth < 2 ? 12 : 9) {
        case 0, 1: return call(next, away)
        case 2: return add("decide", ["branches": [["when": .string("trigger.n % 2 == \(random.below(2))"), "next": next]], "otherwise": away])
        case 3: return add("assign", ["set": ["x": .int(Int64(random.below(100)))], "next": next])
        case 4: return add("wait", ["for": .string("\(1 + random.below(90))s"), "on": ["elapsed": next]])
        case 5:
            return add(
                "wait", ["event": .string("e\(random.below(3))"), "timeout": "30m", "on": ["event": next, "timeout": away]])
        case 6:
            return add(
                "approve",
                [
                    "role": "manager", "title": "Go on?", "inputs": ["n": "${trigger.n}"], "ttl": "1h",
                    "on": ["approved": next, "rejected": away, "timeout": away],
                ])
        case 7: return add("task", ["role": "manager", "title": "Do it", "ttl": "1h", "on": ["completed": next, "timeout": away]])
        case 8: return withoutRegion(next, away)
        case 9: return parallel(next, away, depth)
        default: return each(next, away, depth)
        }
    }

    private mutating func call(_ next: JSONValue, _ away: JSONValue) -> String {
        var members: JSONObject = [
            "operation": .string("vendor.thing.\(random.below(3))"), "with": ["n": "${trigger.n}"], "timeout": "30s",
            "retry": ["attempts": .int(Int64(1 + random.below(3))), "backoff": "2s"], "on": ["success": next, "error": away],
        ]
        if random.chance(30) { members["compensate"] = ["operation": "vendor.thing.undo", "with": ["n": "${trigger.n}"]] }
        return add("call", members)
    }

    private mutating func withoutRegion(_ next: JSONValue, _ away: JSONValue) -> String {
        guard let child, random.chance(60) else {
            return add(
                "guard",
                [
                    "action": "vendor.thing.look", "resource": ["type": "Account", "id": "a"],
                    "on": ["allowed": next, "denied": away, "error": away],
                ])
        }
        return add(
            "subflow",
            [
                "flow": "child", "version": .string(child.hex), "with": ["n": "${trigger.n}"], "timeout": "2h",
                "on": ["success": next, "error": away, "timeout": away],
            ])
    }

    private mutating func parallel(_ next: JSONValue, _ away: JSONValue, _ depth: Int) -> String {
        let count = 2 + random.below(2)
        let id = "p\(nodes.count)"
        let place = nodes.count
        nodes.append(.null)
        let branches = (0..<count).map { _ in sequence(to: id, depth: depth + 1) }
        var on: JSONObject = ["joined": next, "error": away]
        var members: JSONObject = [
            "id": .string(id), "type": "parallel", "branches": .array(branches.map { ["next": .string($0)] }),
            "needed": .int(Int64(random.chance(70) ? count : 1)),
        ]
        if random.chance(30) {
            members["timeout"] = "20m"
            on["timeout"] = away
        }
        members["on"] = .object(on)
        nodes[place] = .object(members)
        return id
    }

    private mutating func each(_ next: JSONValue, _ away: JSONValue, _ depth: Int) -> String {
        let id = "m\(nodes.count)"
        let place = nodes.count
        nodes.append(.null)
        let head = sequence(to: id, depth: depth + 1)
        nodes[place] = [
            "id": .string(id), "type": "each", "items": .array((0..<random.below(5)).map { .int(Int64($0)) }), "as": .string("i\(place)"),
            "do": .string(head), "concurrency": .int(Int64(1 + random.below(3))), "on": ["done": next, "error": away],
        ]
        return id
    }
}
