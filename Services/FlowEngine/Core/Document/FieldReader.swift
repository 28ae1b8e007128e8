internal import CEL
internal import JSON

/// Reads the members of one object and notes everything that is wrong with it, instead of stopping at the first fault.
struct FieldReader {
    let members: JSONObject
    let pointer: String
    let node: String
    private(set) var problems: [FlowProblem] = []
    private var known: Set<String> = []
    private var templates = TemplateParser()

    init(_ members: JSONObject, at pointer: String, node: String = "") {
        self.members = members
        self.pointer = pointer
        self.node = node
    }

    mutating func report(_ message: String, at field: String = "", fix: String) {
        problems.append(FlowProblem(node: node, port: field, pointer: field.isEmpty ? pointer : at(field), message, fix: fix))
    }

    func at(_ field: String) -> String { "\(pointer)/\(field.pointerToken)" }

    // MARK: Fields

    mutating func value(_ field: String) -> JSONValue? {
        known.insert(field)
        return members[field]
    }

    mutating func string(_ field: String, fix: String) -> String? {
        guard let value = value(field) else {
            report("'\(field)' is missing", at: field, fix: fix)
            return nil
        }
        guard let text = value.stringValue, !text.isEmpty else {
            report("'\(field)' must be a string that is not empty", at: field, fix: fix)
            return nil
        }
        return text
    }

    mutating func optionalString(_ field: String) -> String? {
        guard let value = value(field) else { return nil }
        if value.stringValue == nil { report("'\(field)' must be a string", at: field, fix: "write \"\(field)\": \"…\"") }
        return value.stringValue
    }

    mutating func duration(_ field: String, example: String) -> FlowDuration? {
        guard let value = value(field) else { return nil }
        guard let duration = value.stringValue.flatMap(FlowDuration.init) else {
            report(
                "'\(field)' is no duration", at: field,
                fix: "write numbers with units (d, h, m, s, ms), largest first, up to a year, for example \"\(example)\"")
            return nil
        }
        return duration
    }

    mutating func requiredDuration(_ field: String, example: String) -> FlowDuration? {
        if value(field) == nil { report("'\(field)' is missing", at: field, fix: "say how long to wait at the most: \"\(field)\": \"\(example)\"") }
        return duration(field, example: example)
    }

    mutating func integer(_ field: String, in range: ClosedRange<Int64>) -> Int? {
        guard let value = value(field) else { return nil }
        guard let number = value.intValue, range.contains(number) else {
            report(
                "'\(field)' must be a whole number from \(range.lowerBound) to \(range.upperBound)", at: field,
                fix: "write \"\(field)\": \(range.lowerBound)")
            return nil
        }
        return Int(number)
    }

    mutating func object(_ field: String, fix: String) -> JSONObject? {
        guard let value = value(field) else {
            report("'\(field)' is missing", at: field, fix: fix)
            return nil
        }
        return asObject(value, field, fix: fix)
    }

    mutating func optionalObject(_ field: String, fix: String) -> JSONObject? { value(field).flatMap { asObject($0, field, fix: fix) } }

    private mutating func asObject(_ value: JSONValue, _ field: String, fix: String) -> JSONObject? {
        if value.objectValue == nil { report("'\(field)' must be an object", at: field, fix: fix) }
        return value.objectValue
    }

    // MARK: Expressions

    /// A condition: an expression without `${…}`.
    mutating func condition(_ field: String) -> CELText? {
        guard let text = string(field, fix: "write a CEL expression, for example trigger.issue.number > 0") else { return nil }
        if text.hasPrefix("${") {
            report(
                "a condition is an expression already", at: field,
                fix: "leave the ${ } out: \"\(text.dropFirst(2).dropLast(text.hasSuffix("}") ? 1 : 0))\"")
            return nil
        }
        defer { takeTemplateFailures(port: field) }
        return templates.expression(text, at: at(field))
    }

    mutating func optionalCondition(_ field: String) -> CELText? { members[field] == nil ? nil : condition(field) }

    mutating func template(_ field: String) -> Template? {
        guard let value = value(field) else { return nil }
        defer { takeTemplateFailures(port: field) }
        return templates.parse(value, at: at(field))
    }

    mutating func objectTemplate(_ field: String) -> Template {
        guard let value = value(field) else { return .empty }
        guard value.objectValue != nil else {
            report("'\(field)' must be an object", at: field, fix: "write \"\(field)\": {\"name\": \"${…}\"}")
            return .empty
        }
        return template(field) ?? .empty
    }

    private mutating func takeTemplateFailures(port: String) {
        for failure in templates.failures {
            problems.append(FlowProblem(node: node, port: port, pointer: failure.pointer, failure.message, fix: failure.fix))
        }
        templates = TemplateParser()
    }

    // MARK: Ports

    /// The node that `field` leads to.
    mutating func target(_ field: String) -> String? { string(field, fix: "name the node that comes next: \"\(field)\": \"…\"") }

    /// `on`: every port of `required` must lead somewhere, those of `optional` may.
    mutating func ports(required: [String], optional: [String] = []) -> FlowPorts? {
        let all = required + optional
        let example = required.map { "\"\($0)\": \"…\"" }.joined(separator: ", ")
        guard let members = object("on", fix: "connect its ports: \"on\": {\(example)}") else { return nil }
        var filled: [(port: String, target: String)] = []
        for (port, target) in members {
            guard all.contains(port) else {
                let meant = Spelling.nearest(to: port, in: all).map { "did you mean '\($0)'?" } ?? "its ports are \(all.joined(separator: ", "))"
                problems.append(
                    FlowProblem(node: node, port: port, pointer: "\(at("on"))/\(port.pointerToken)", "there is no port '\(port)'", fix: meant))
                continue
            }
            guard let target = target.stringValue, !target.isEmpty else {
                problems.append(
                    FlowProblem(
                        node: node, port: port, pointer: "\(at("on"))/\(port)", "port '\(port)' must name a node", fix: "write \"\(port)\": \"…\""))
                continue
            }
            filled.append((port, target))
        }
        for port in required where members[port] == nil {
            problems.append(
                FlowProblem(
                    node: node, port: port, pointer: "\(at("on"))/\(port)", "port '\(port)' leads nowhere",
                    fix: "connect it to a node; an 'end' node with outcome 'failure' is the least"))
        }
        return FlowPorts(filled)
    }

    // MARK: The end

    /// Whatever was never asked for is unknown, and refused: a misspelt guard must not vanish.
    mutating func refuseUnknownFields() {
        for field in members.keys where !known.contains(field) {
            let meant =
                Spelling.nearest(to: field, in: known).map { "did you mean '\($0)'?" }
                ?? "remove it; the fields here are \(known.sorted().joined(separator: ", "))"
            report("'\(field)' is no field here", at: field, fix: meant)
        }
    }

    mutating func merge(_ other: FieldReader) { problems += other.problems }
    mutating func add(_ problem: FlowProblem) { problems.append(problem) }
}
