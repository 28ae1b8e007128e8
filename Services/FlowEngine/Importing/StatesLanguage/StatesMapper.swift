internal import FlowEngineCore
internal import JSON

/// Turns a valid definition into a draft, state by state. The data that passes from state to state is a variable.
struct StatesMapper {
    var journal: ImportJournal
    var draft = DraftFlow()
    /// The variable with the data that passes from state to state; each branch has its own.
    var data = "vars.data"
    var dataName: String { String(data.dropFirst("vars.".count)) }

    /// The variables that some state assigns.
    private(set) var assigned: Set<String> = []

    init(journal: ImportJournal) { self.journal = journal }

    private mutating func collect(_ value: JSONValue) {
        switch value {
        case .array(let values): for value in values { collect(value) }
        case .object(let members):
            for name in members["Assign"]?.objectValue?.keys ?? [] { assigned.insert(name.hasSuffix(".$") ? String(name.dropLast(2)) : name) }
            for (_, value) in members { collect(value) }
        default: return
        }
    }

    /// Where a machine's states lead: their ids, and the way out.
    struct Place {
        var ids: [String: String]
        var exit: String
        var isJSONata: Bool
    }

    mutating func document(_ members: JSONObject, name: String) -> JSONValue {
        let known = ["StartAt", "States", "Comment", "Version", "TimeoutSeconds", "QueryLanguage"]
        for field in members.keys where !known.contains(field) { journal.notMapped(field, "/\(field.pointerToken)", "the language does not know it") }
        if members["Comment"] != nil { journal.mapped("Comment", "/Comment", "the flow's description") }
        if members["Version"] != nil { journal.notMapped("Version", "/Version", "a version is the hash of the document") }
        let deadline = members["TimeoutSeconds"]?.doubleValue.flatMap(DraftFlow.duration)
        if members["TimeoutSeconds"] != nil { journal.mapped("TimeoutSeconds", "/TimeoutSeconds", "the flow's deadline") }
        collect(.object(members))
        let start = machine(members, at: "", exit: nil, isJSONata: false)
        let first = draft.assign("input", ["data": "${trigger}"], next: start)
        return draft.document(
            name: name, title: name, description: members["Comment"]?.stringValue ?? "", deadline: deadline, trigger: ["trigger": ["kind": "manual"]],
            next: first)
    }

    /// - Parameter exit: Where `End` leads; nil for the end of the flow.
    mutating func machine(_ members: JSONObject, at path: String, exit: String?, isJSONata inherited: Bool) -> String {
        let isJSONata = members["QueryLanguage"]?.stringValue.map { $0 == "JSONata" } ?? inherited
        if members["QueryLanguage"] != nil { journal.mapped("QueryLanguage", "\(path)/QueryLanguage", "expressions are CEL") }
        let states = members["States"]?.objectValue ?? [:]
        let start = members["StartAt"]?.stringValue ?? ""
        let reached = Self.reached(from: start, states)
        var place = Place(ids: [:], exit: exit ?? "", isJSONata: isJSONata)
        for name in states.keys where reached.contains(name) {
            // To succeed within a branch is to leave it.
            place.ids[name] = exit != nil && states[name]?["Type"]?.stringValue == "Succeed" ? exit : draft.id(name)
        }
        journal.mapped("StartAt", "\(path)/StartAt", node: place.ids[start] ?? "")
        for (name, state) in states {
            let at = "\(path)/States/\(name.pointerToken)"
            guard reached.contains(name), let members = state.objectValue else {
                journal.notMapped(state["Type"]?.stringValue ?? "State", at, "no state leads to it")
                continue
            }
            if exit == nil, members["End"]?.boolValue == true, place.exit.isEmpty { place.exit = draft.done() }
            map(name, members, at: at, in: place, isBody: exit != nil)
        }
        return place.ids[start] ?? draft.failed()
    }

    private static func reached(from start: String, _ states: JSONObject) -> Set<String> {
        var seen: Set<String> = [start]
        var open = [start]
        while let name = open.popLast() {
            let state = states[name]
            var next = [state?["Next"], state?["Default"]].compactMap { $0?.stringValue }
            for list in ["Choices", "Catch"] { next += (state?[list]?.arrayValue ?? []).compactMap { $0["Next"]?.stringValue } }
            for target in next where seen.insert(target).inserted { open.append(target) }
        }
        return seen
    }

    private mutating func map(_ name: String, _ state: JSONObject, at path: String, in outer: Place, isBody: Bool) {
        var place = outer
        place.isJSONata = state["QueryLanguage"]?.stringValue.map { $0 == "JSONata" } ?? outer.isJSONata
        let type = state["Type"]?.stringValue ?? ""
        let id = place.ids[name] ?? ""
        let next = state["Next"]?.stringValue.flatMap { place.ids[$0] } ?? place.exit
        if state["Comment"] != nil { journal.notMapped("\(type).Comment", "\(path)/Comment", node: id, "nodes have no comments") }
        switch type {
        case "Task": task(id, name, state, at: path, next, place)
        case "Pass": pass(id, name, state, at: path, next, place)
        case "Choice": choice(id, name, state, at: path, place)
        case "Wait": wait(id, name, state, at: path, next, place)
        case "Succeed":
            if !isBody { draft.add(id, "end", title: name, ["outcome": "success", "output": ["data": output(of: state, at: path, place)]]) }
            journal.mapped("Succeed", path, node: id, isBody ? "leads back to the node around it" : "")
        case "Fail": fail(id, name, state, at: path, place)
        case "Parallel": parallel(id, name, state, at: path, next, place)
        default: each(id, name, state, at: path, next, place)
        }
        closeFields(of: state, type, at: path, node: id, isBody: isBody)
    }

    /// Every field that has no finding of its own yet.
    private mutating func closeFields(of state: JSONObject, _ type: String, at path: String, node: String, isBody: Bool) {
        var ignored: Set<String> =
            type == "Choice" ? ["InputPath", "OutputPath"] : type == "Succeed" && isBody ? ["InputPath", "OutputPath", "Output"] : []
        if type == "Succeed", state["OutputPath"] == nil { ignored.insert("InputPath") }
        for field in state.keys where !journal.knows("\(path)/\(field.pointerToken)") {
            if ignored.contains(field), state[field]?.stringValue != "$" {
                journal.notMapped(
                    "\(type).\(field)", "\(path)/\(field.pointerToken)", node: node, "the data goes on as it is; put an assign before it")
            } else {
                journal.mapped("\(type).\(field)", "\(path)/\(field.pointerToken)", node: node)
            }
        }
    }

    private mutating func output(of state: JSONObject, at path: String, _ place: Place) -> JSONValue {
        if let value = state["Output"] { return template(value, at: "\(path)/Output", data: data, nil, place) }
        return state["OutputPath"].map { .string("${\(self.path($0, at: "\(path)/OutputPath", data: input(of: state, at: path)))}") }
            ?? .string("${\(data)}")
    }

    private mutating func fail(_ id: String, _ name: String, _ state: JSONObject, at path: String, _ place: Place) {
        var output = JSONObject()
        for field in ["Error", "Cause"] {
            if let value = state[field] { output[field.lowercased()] = template(value, at: "\(path)/\(field)", data: data, nil, place) }
            if let value = state["\(field)Path"] {
                output[field.lowercased()] = .string("${\(self.path(value, at: "\(path)/\(field)Path", data: data))}")
            }
        }
        draft.add(id, "end", title: name, ["outcome": "failure", "output": .object(output)])
        journal.mapped("Fail", path, node: id)
    }

    private mutating func choice(_ id: String, _ name: String, _ state: JSONObject, at path: String, _ place: Place) {
        var branches: [JSONValue] = []
        for (index, rule) in (state["Choices"]?.arrayValue ?? []).enumerated() {
            let at = "\(path)/Choices/\(index)"
            var condition: String
            do throws(TranslationFailure) {
                if place.isJSONata, let text = rule["Condition"]?.stringValue, text.hasPrefix("{%") {
                    condition = try StatesExpression(data: data, isJSONata: true, variables: assigned).query(text)
                } else if place.isJSONata {
                    condition = rule["Condition"]?.encodedString() ?? "false"
                } else {
                    condition = try ChoiceRule.cel(rule, data: data, variables: assigned, isTop: true, depth: 0)
                }
                journal.mapped("Choice rule", at, node: id)
            } catch {
                condition = CELSpelling.unmapped(rule.encodedString())
                journal.notMapped("Choice rule", at, node: id, "\(error.reason); publishing refuses it until it is written in CEL")
            }
            var target = rule["Next"]?.stringValue.flatMap { place.ids[$0] } ?? place.exit
            let values = assignments(rule.objectValue ?? [:], at: at, result: nil, place)
            target = draft.assign("\(id)_choice", values, next: target)
            branches.append(["when": .string(condition), "next": .string(target)])
        }
        let otherwise = state["Default"]?.stringValue.flatMap { place.ids[$0] }
        if otherwise == nil { journal.approximated("Choice", path, node: id, "without a Default, a run that no rule fits ends as failed") }
        let after = draft.assign("\(id)_default", assignments(state, at: path, result: nil, place), next: otherwise ?? draft.failed())
        draft.add(id, "decide", title: name, ["branches": .array(branches), "otherwise": .string(after)])
        journal.mapped("Choice", path, node: id)
    }

    private mutating func wait(_ id: String, _ name: String, _ state: JSONObject, at path: String, _ next: String, _ place: Place) {
        var members: JSONObject = ["for": "1s"]
        if let seconds = state["Seconds"]?.doubleValue {
            members = ["for": .string(DraftFlow.duration(seconds: max(seconds, 0.001)) ?? "366d")]
        } else if let value = state["Seconds"] {
            members = ["for": seconds(template(value, at: "\(path)/Seconds", data: data, nil, place))]
        } else if let value = state["SecondsPath"] {
            members = ["for": seconds(.string("${\(self.path(value, at: "\(path)/SecondsPath", data: input(of: state, at: path)))}"))]
        } else if let value = state["Timestamp"] {
            members = ["until": template(value, at: "\(path)/Timestamp", data: data, nil, place)]
        } else if let value = state["TimestampPath"] {
            members = ["until": .string("${\(self.path(value, at: "\(path)/TimestampPath", data: input(of: state, at: path)))}")]
        }
        let after = finish(id, state, at: path, result: nil, next: next, place)
        members["on"] = ["elapsed": .string(after)]
        draft.add(id, "wait", title: name, members)
        journal.mapped("Wait", path, node: id)
    }

    private func seconds(_ value: JSONValue) -> JSONValue { .string("\(value.stringValue ?? "")s") }
}
