internal import FlowEngineCore
internal import JSON
internal import Trust

/// A flow document in the making. Ids are made of the source's names, and are distinct.
struct DraftFlow {
    private(set) var nodes: [JSONObject] = []
    private var ids: Set<String> = ["start", "failed"]
    private var usedDone: String?
    /// Places that turned out to be other nodes: a merge, the beginning of a block.
    private var aliases: [String: String] = [:]

    /// Where work that went wrong, and that the source says nothing about, ends.
    func failed() -> String { "failed" }

    /// The one end of work that went well.
    mutating func done() -> String {
        if let usedDone { return usedDone }
        let id = id("done")
        usedDone = id
        add(id, "end", ["outcome": "success", "output": ["data": "${vars.data}"]])
        return id
    }

    /// A free id close to `name`.
    mutating func id(_ name: String, _ suffix: String = "") -> String {
        var base = name.asNodeID
        while base.contains("__") { base = base.replacing("__", with: "_") }
        base = String(base.drop { $0 == "_" })
        if base.isEmpty || !("a"..."z").contains(base.prefix(1)) { base = "n_" + base }
        base = String(base.prefix(48)) + suffix
        var candidate = base
        var number = 2
        while !ids.insert(candidate).inserted {
            candidate = "\(base)_\(number)"
            number += 1
        }
        return candidate
    }

    /// A place that a port can lead to before it is known which node stands there.
    mutating func place() -> String {
        let name = "@\(aliases.count)"
        aliases[name] = name
        return name
    }

    mutating func settle(_ place: String, at node: String) { aliases[place] = node }

    /// Another place for ports that were led to a node which has become several.
    mutating func settleName(_ name: String, at node: String) { if name != node { aliases[name] = node } }

    mutating func setOtherwise(of id: String, to target: String) { set("otherwise", of: id, to: target) }

    mutating func setBody(of id: String, to target: String) { set("do", of: id, to: target) }

    private mutating func set(_ field: String, of id: String, to target: String) {
        if let place = nodes.firstIndex(where: { $0["id"]?.stringValue == id }) { nodes[place][field] = .string(target) }
    }

    private func resolved(_ name: String) -> String {
        var name = name
        var steps = 0
        while let next = aliases[name], next != name, steps <= aliases.count {
            name = next
            steps += 1
        }
        // Places that lead round to each other are a circle in which nothing is done.
        return aliases[name] == nil ? name : "failed"
    }

    /// The same node with its ports leading to nodes.
    private func resolved(_ node: JSONObject) -> JSONObject {
        guard !aliases.isEmpty else { return node }
        var node = node
        for field in ["next", "otherwise", "do"] { if let target = node[field]?.stringValue { node[field] = .string(resolved(target)) } }
        if let ports = node["on"]?.objectValue {
            node["on"] = .object(JSONObject(ports.map { ($0.key, .string(resolved($0.value.stringValue ?? ""))) }))
        }
        if let branches = node["branches"]?.arrayValue {
            node["branches"] = .array(
                branches.map { branch in
                    var members = branch.objectValue ?? [:]
                    if let target = members["next"]?.stringValue { members["next"] = .string(resolved(target)) }
                    return .object(members)
                })
        }
        return node
    }

    mutating func add(_ id: String, _ type: String, title: String = "", _ members: JSONObject) {
        var node: JSONObject = ["id": .string(id), "type": .string(type)]
        if !title.isEmpty { node["title"] = .string(title.escapedForTemplate) }
        for (key, value) in members { node[key] = value }
        nodes.append(node)
    }

    /// An assignment before `next`; `next` itself where there is nothing to assign.
    mutating func assign(_ id: String, _ values: JSONObject, next: String) -> String {
        guard !values.isEmpty else { return next }
        let id = self.id(id)
        add(id, "assign", ["set": .object(values), "next": .string(next)])
        return id
    }

    func document(
        name: String, title: String, description: String, deadline: String?, trigger: JSONObject, next: String, layout: JSONObject = [:]
    ) -> JSONValue {
        var start: JSONObject = ["id": "start", "type": "trigger"]
        for (key, value) in trigger { start[key] = value }
        start["next"] = .string(resolved(next))
        // A run is over at its deadline: a limit beyond it says nothing.
        let settled = nodes.map { node in
            var node = resolved(node)
            for field in ["timeout", "ttl"] {
                guard let limit = deadline.flatMap(FlowDuration.init), let own = node[field]?.stringValue.flatMap(FlowDuration.init) else { continue }
                if own.milliseconds > limit.milliseconds { node[field] = .string(limit.description) }
            }
            return node
        }
        var all = [start] + Self.reached(from: resolved(next), settled)
        if (all.contains { Self.targets(of: $0).contains("failed") }) {
            all.append(["id": "failed", "type": "end", "title": "Failed", "outcome": "failure"])
        }
        var document: JSONObject = [
            "schema": .string(FlowDocument.schema), "name": .string(Self.flowName(name)), "title": .string(title.isEmpty ? name : title),
        ]
        if !description.isEmpty { document["description"] = .string(description) }
        document["deadline"] = deadline.map(JSONValue.string)
        document["nodes"] = .array(all.map(JSONValue.object))
        let ids = Set(all.compactMap { $0["id"]?.stringValue })
        let placed = JSONObject(layout.filter { ids.contains($0.key) }.map { ($0.key, $0.value) })
        if !placed.isEmpty { document["layout"] = .object(placed) }
        return .object(document)
    }

    /// Nodes that something leads to: what only waited for work that never ends well is left out.
    private static func reached(from first: String, _ nodes: [JSONObject]) -> [JSONObject] {
        let byID = Dictionary(nodes.map { ($0["id"]?.stringValue ?? "", $0) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = [first]
        var open = [first]
        while let id = open.popLast() {
            for target in byID[id].map(targets) ?? [] where seen.insert(target).inserted { open.append(target) }
        }
        return nodes.filter { seen.contains($0["id"]?.stringValue ?? "") }
    }

    private static func targets(of node: JSONObject) -> [String] {
        let ports = node["on"]?.objectValue?.values ?? []
        let branches = (node["branches"]?.arrayValue ?? []).compactMap { $0["next"] }
        return ([node["next"], node["otherwise"], node["do"]].compactMap(\.self) + ports + branches).compactMap(\.stringValue)
    }

    static func flowName(_ name: String) -> String {
        let id = name.asNodeID.replacing("_", with: "-")
        let trimmed = String(id.drop { !("a"..."z").contains($0) })
        return trimmed.isEmpty ? "imported" : trimmed
    }

    /// A duration as the document writes it; nil where it is none of the document's.
    static func duration(seconds: Double) -> String? {
        let milliseconds = (seconds * 1000).rounded()
        guard milliseconds >= 1, milliseconds <= Double(FlowDuration.maximum.milliseconds) else { return nil }
        return FlowDuration(milliseconds: Int64(milliseconds)).description
    }
}

extension String {
    /// Text of the source that happens to look like an expression stays text.
    var escapedForTemplate: String { replacing("${", with: "$${") }
}

extension JSONValue {
    /// The same, for every string in it.
    var escapedForTemplate: JSONValue {
        switch self {
        case .string(let text): .string(text.escapedForTemplate)
        case .array(let values): .array(values.map(\.escapedForTemplate))
        case .object(let members): .object(JSONObject(members.map { ($0.key, $0.value.escapedForTemplate) }))
        default: self
        }
    }
}
