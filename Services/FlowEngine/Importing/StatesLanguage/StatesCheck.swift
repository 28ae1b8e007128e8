internal import FlowEngineCore
internal import JSON

/// Whether a definition is one of the Amazon States Language: every fault is noted, each with its place.
struct StatesCheck {
    var journal: ImportJournal
    private var names: Set<String> = []
    private static let depthMax = 16

    init(journal: ImportJournal) { self.journal = journal }

    mutating func machine(_ value: JSONValue, at path: String, isJSONata inherited: Bool, depth: Int) {
        guard let members = value.objectValue, depth <= Self.depthMax else {
            return journal.refuse(path, depth > Self.depthMax ? "it is nested deeper than \(Self.depthMax) machines" : "a machine is an object")
        }
        let isJSONata = language(members, at: path) ?? inherited
        guard let start = members["StartAt"]?.stringValue else { return journal.refuse("\(path)/StartAt", "'StartAt' names the first state") }
        guard let states = members["States"]?.objectValue, !states.isEmpty else {
            return journal.refuse("\(path)/States", "'States' has at least one state")
        }
        if states[start] == nil { journal.refuse("\(path)/StartAt", "there is no state '\(start)'") }
        var isTerminal = false
        for (name, value) in states {
            let at = "\(path)/States/\(name.pointerToken)"
            if name.unicodeScalars.count > 80 { journal.refuse(at, "a state's name has at most 80 characters") }
            if !names.insert(name).inserted { journal.refuse(at, "the name '\(name)' stands twice in the definition") }
            guard let state = value.objectValue else { journal.refuse(at, "a state is an object"); continue }
            if state["End"]?.boolValue == true || ["Succeed", "Fail"].contains(state["Type"]?.stringValue ?? "") { isTerminal = true }
            check(state, at: at, beside: states, isJSONata: language(state, at: at) ?? isJSONata, depth: depth)
        }
        if !isTerminal { journal.refuse(path, "no state ends the machine: one needs \"End\": true, or is a Succeed or Fail") }
    }

    private mutating func language(_ members: JSONObject, at path: String) -> Bool? {
        guard let value = members["QueryLanguage"] else { return nil }
        if value.stringValue != "JSONPath", value.stringValue != "JSONata" { journal.refuse("\(path)/QueryLanguage", "it is JSONPath or JSONata") }
        return value.stringValue == "JSONata"
    }

    private mutating func check(_ state: JSONObject, at path: String, beside states: JSONObject, isJSONata: Bool, depth: Int) {
        guard let type = state["Type"]?.stringValue, StatesFields.types.contains(type) else {
            return journal.refuse("\(path)/Type", "the type is one of \(StatesFields.types.joined(separator: ", "))")
        }
        journal.refuseUnknown(
            state, known: StatesFields.known(type, isJSONata: isJSONata), in: "a \(type) with \(isJSONata ? "JSONata" : "JSONPath")", at: path)
        exclusive(state, at: path)
        for (field, range) in StatesFields.numbers { number(state[field], in: range, at: "\(path)/\(field)", isJSONata) }
        if let timeout = state["TimeoutSeconds"]?.doubleValue, let heartbeat = state["HeartbeatSeconds"]?.doubleValue, heartbeat >= timeout {
            journal.refuse("\(path)/HeartbeatSeconds", "the heartbeat is shorter than the timeout")
        }
        if !["Choice", "Succeed", "Fail"].contains(type) {
            if state["Next"] == nil, state["End"]?.boolValue != true { journal.refuse(path, "it needs 'Next', or \"End\": true") }
            target(state["Next"], at: "\(path)/Next", states)
        }
        expressions(state, at: path, isJSONata)
        handlers(state, at: path, states, isJSONata)
        switch type {
        case "Task": resource(state["Resource"], at: "\(path)/Resource")
        case "Choice": choices(state, at: path, states, isJSONata)
        case "Wait":
            if !["Seconds", "SecondsPath", "Timestamp", "TimestampPath"].contains(where: { state[$0] != nil }) {
                journal.refuse(path, "a Wait says for how long or until when")
            }
        case "Parallel":
            guard let branches = state["Branches"]?.arrayValue, !branches.isEmpty else {
                return journal.refuse("\(path)/Branches", "'Branches' is a list of machines")
            }
            for (index, branch) in branches.enumerated() { machine(branch, at: "\(path)/Branches/\(index)", isJSONata: isJSONata, depth: depth + 1) }
        case "Map":
            let field = state["ItemProcessor"] == nil ? "Iterator" : "ItemProcessor"
            guard let processor = state[field] else { return journal.refuse(path, "a Map needs 'ItemProcessor'") }
            machine(processor, at: "\(path)/\(field)", isJSONata: isJSONata, depth: depth + 1)
            for part in ["ItemReader", "ItemBatcher", "ResultWriter"] {
                if let members = state[part]?.objectValue { exclusive(members, at: "\(path)/\(part)") }
                if let members = state[part]?["ReaderConfig"]?.objectValue { exclusive(members, at: "\(path)/\(part)/ReaderConfig") }
            }
        default: break
        }
    }

    private mutating func exclusive(_ members: JSONObject, at path: String) {
        for group in StatesFields.exclusive {
            let present = group.filter { members[$0] != nil }
            if present.count > 1 { journal.refuse(path, "\(present.map { "'\($0)'" }.joined(separator: " and ")) exclude each other") }
        }
    }

    private mutating func number(_ value: JSONValue?, in range: ClosedRange<Double>, at path: String, _ isJSONata: Bool) {
        guard let value else { return }
        if isJSONata, let text = value.stringValue, text.hasPrefix("{%") { return }
        guard let number = value.doubleValue, range.contains(number), number == number.rounded() || path.hasSuffix("Percentage") else {
            return journal.refuse(path, "it is a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
        }
    }

    private mutating func target(_ value: JSONValue?, at path: String, _ states: JSONObject) {
        guard let value else { return }
        guard let name = value.stringValue, states[name] != nil else {
            return journal.refuse(path, "there is no state \(value.encodedString()) in this machine")
        }
    }

    private mutating func resource(_ value: JSONValue?, at path: String) {
        guard let text = value?.stringValue, text.contains(":") || text.hasPrefix("${") else {
            return journal.refuse(path, "'Resource' is a URI, for example an ARN")
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 7, parts[0] == "arn", parts[2] == "lambda", parts[5] == "function", !text.contains("${") else { return }
        let alias = parts.count == 7 ? "$LATEST" : String(parts[7])
        let isAlias = !alias.isEmpty && (alias == "$LATEST" || alias.unicodeScalars.allSatisfy { $0.isNamePart || $0 == "-" })
        if parts.count > 8 || parts[6].isEmpty || !isAlias { journal.refuse(path, "'\(alias)' is no version or alias of a function") }
    }

    private mutating func handlers(_ state: JSONObject, at path: String, _ states: JSONObject, _ isJSONata: Bool) {
        for field in ["Retry", "Catch"] {
            guard let value = state[field] else { continue }
            guard let handlers = value.arrayValue else { journal.refuse("\(path)/\(field)", "'\(field)' is a list"); continue }
            for (index, handler) in handlers.enumerated() {
                let at = "\(path)/\(field)/\(index)"
                let members = handler.objectValue ?? [:]
                let errors = members["ErrorEquals"]?.arrayValue?.compactMap(\.stringValue) ?? []
                if errors.isEmpty { journal.refuse("\(at)/ErrorEquals", "'ErrorEquals' names at least one error") }
                if errors.contains("States.ALL"), errors.count > 1 || index + 1 < handlers.count {
                    journal.refuse("\(at)/ErrorEquals", "States.ALL stands alone, and last")
                }
                if field == "Catch" {
                    let known = ["ErrorEquals", "Next", "Comment", "Assign"] + (isJSONata ? ["Output"] : ["ResultPath"])
                    journal.refuseUnknown(members, known: known, in: "a Catch", at: at)
                    if members["Next"] == nil { journal.refuse(at, "a Catch needs 'Next'") }
                    target(members["Next"], at: "\(at)/Next", states)
                    expressions(members, at: at, isJSONata)
                } else {
                    let known = ["ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy", "Comment"]
                    journal.refuseUnknown(members, known: known, in: "a Retry", at: at)
                    number(members["IntervalSeconds"], in: 1...99_999_999, at: "\(at)/IntervalSeconds", isJSONata)
                    number(members["MaxAttempts"], in: 0...99_999_999, at: "\(at)/MaxAttempts", isJSONata)
                    if let rate = members["BackoffRate"], (rate.doubleValue ?? 0) < 1 {
                        journal.refuse("\(at)/BackoffRate", "the rate is at least 1")
                    }
                }
            }
        }
    }

    // MARK: Choices

    private mutating func choices(_ state: JSONObject, at path: String, _ states: JSONObject, _ isJSONata: Bool) {
        target(state["Default"], at: "\(path)/Default", states)
        guard let rules = state["Choices"]?.arrayValue, !rules.isEmpty else {
            return journal.refuse("\(path)/Choices", "'Choices' is a list of rules")
        }
        for (index, rule) in rules.enumerated() {
            let at = "\(path)/Choices/\(index)"
            let members = rule.objectValue ?? [:]
            if members["Next"] == nil { journal.refuse(at, "a rule needs 'Next'") }
            target(members["Next"], at: "\(at)/Next", states)
            if isJSONata {
                journal.refuseUnknown(members, known: ["Condition", "Next", "Comment", "Assign", "Output"], in: "a rule with JSONata", at: at)
                if members["Condition"] == nil { journal.refuse(at, "a rule needs 'Condition'") }
                expressions(members, at: at, true)
            } else {
                for name in members.keys where ["Condition", "Output", "End"].contains(name) {
                    journal.refuse("\(at)/\(name)", "a rule has no field '\(name)'")
                }
                do throws(TranslationFailure) { _ = try ChoiceRule.cel(rule, data: "vars.data", isTop: true, depth: 0) } catch {
                    if error.isFault { journal.refuse(at, error.reason) }
                }
            }
        }
    }

    // MARK: Expressions

    private static let paths = [
        "InputPath", "OutputPath", "ItemsPath", "SecondsPath", "TimestampPath", "TimeoutSecondsPath", "HeartbeatSecondsPath", "ErrorPath",
        "CausePath",
        "MaxConcurrencyPath", "ToleratedFailureCountPath", "ToleratedFailurePercentagePath",
    ]
    private static let payloads = [
        "Parameters", "ResultSelector", "Assign", "Arguments", "Output", "Items", "ItemSelector", "Credentials", "ItemReader", "ItemBatcher",
        "ResultWriter",
        "Condition", "Seconds", "Timestamp", "TimeoutSeconds", "HeartbeatSeconds", "MaxConcurrency", "ToleratedFailureCount",
        "ToleratedFailurePercentage",
        "Error", "Cause",
    ]

    private mutating func expressions(_ members: JSONObject, at path: String, _ isJSONata: Bool) {
        for field in Self.paths {
            guard let value = members[field], !value.isNull else { continue }
            do throws(TranslationFailure) {
                guard let text = value.stringValue else { throw TranslationFailure(reason: "'\(field)' is a path") }
                _ = try IntrinsicFunction.parse(text)
            } catch { journal.refuse("\(path)/\(field)", error.reason) }
        }
        if let value = members["ResultPath"], !value.isNull {
            let parsed = value.stringValue.flatMap { try? JSONPath($0) }
            if parsed == nil || parsed?.root != .data || parsed?.isReference == false {
                journal.refuse("\(path)/ResultPath", "'ResultPath' is one place in the data: $.name")
            }
        }
        for field in Self.payloads { if let value = members[field] { payload(value, at: "\(path)/\(field)", isJSONata) } }
    }

    private mutating func payload(_ value: JSONValue, at path: String, _ isJSONata: Bool) {
        switch value {
        case .array(let values): for (index, value) in values.enumerated() { payload(value, at: "\(path)/\(index)", isJSONata) }
        case .object(let members):
            for (name, value) in members {
                let at = "\(path)/\(name.pointerToken)"
                if !isJSONata, name.hasSuffix(".$") {
                    if members[String(name.dropLast(2))] != nil { journal.refuse(at, "'\(name)' and '\(name.dropLast(2))' are one field") }
                    do throws(TranslationFailure) {
                        guard let text = value.stringValue else { throw TranslationFailure(reason: "'\(name)' is a path or an intrinsic function") }
                        _ = try IntrinsicFunction.parse(text)
                    } catch { journal.refuse(at, error.reason) }
                } else {
                    payload(value, at: at, isJSONata)
                }
            }
        case .string(let text) where isJSONata && text.hasPrefix("{%"):
            do throws(TranslationFailure) { _ = try StatesExpression.jsonata(text) } catch { journal.refuse(path, error.reason) }
        default: break
        }
    }
}
