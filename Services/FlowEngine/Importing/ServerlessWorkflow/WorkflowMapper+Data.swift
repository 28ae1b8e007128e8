internal import FlowEngineCore
internal import JSON

/// Expressions, and what tasks do with the data.
extension WorkflowMapper {
    private var header: JSONValue? { source["document"] }

    private func names(data: String?) -> JQ.Names {
        let variables = variables
        let here = data ?? self.data
        let own = self.data
        let document = header
        return JQ.Names(data: here) { name in
            if let known = variables[name] { return known }
            switch name {
            case "context": return "vars.context"
            case "input", "output": return own
            case "workflow.input": return "trigger"
            case "workflow.id": return "run.id"
            case "workflow.startedAt": return "run.started_at"
            case "task.name": return "run.node"
            case "workflow.definition.document.name": return "run.flow"
            case "workflow.definition.document.version": return document?["version"].map(CELSpelling.literal)
            case "workflow.definition.document.namespace": return document?["namespace"].map(CELSpelling.literal)
            default: return nil
            }
        }
    }

    /// The expression in CEL; where it has no equal, what publishing refuses.
    mutating func expression(_ text: String, at path: String, data: String? = nil) -> String {
        let inner = text.isWorkflowExpression ? String(text.trimmingSpaces.dropFirst(2).dropLast()) : text
        do throws(TranslationFailure) {
            let cel = try JQ.parse(inner).cel(names(data: data))
            guard cel.utf8.count <= CELSpelling.lengthMax else { throw CELSpelling.tooLong }
            return cel
        } catch {
            journal.notMapped(
                "expression", path, "\(inner.trimmingSpaces.prefix(80)): \(error.reason); publishing refuses it until it is written in CEL")
            return CELSpelling.unmapped(inner.trimmingSpaces)
        }
    }

    /// A payload with its expressions replaced.
    ///
    /// - Parameter isExpression: A text is an expression also without `${ }`.
    mutating func value(_ value: JSONValue, at path: String, isExpression: Bool = false, data: String? = nil) -> JSONValue {
        switch value {
        case .string(let text):
            guard isExpression || text.isWorkflowExpression else { return .string(text.escapedForTemplate) }
            return .string("${\(expression(text, at: path, data: data))}")
        case .array(let values):
            var made: [JSONValue] = []
            for (index, value) in values.enumerated() { made.append(self.value(value, at: "\(path)/\(index)", data: data)) }
            return .array(made)
        case .object(let members):
            var made = JSONObject()
            for (name, value) in members { made[name] = self.value(value, at: "\(path)/\(name.pointerToken)", data: data) }
            return .object(made)
        default: return value
        }
    }

    /// An address, which may be an expression or have `{names}` in it (RFC 6570).
    mutating func address(_ value: JSONValue, at path: String) -> JSONValue {
        guard let text = value.stringValue, !text.isWorkflowExpression else { return self.value(value, at: path) }
        var made = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            made += String(rest[..<open]).escapedForTemplate
            if name.isVariableName {
                made += "${\(CELSpelling.member(name, of: data))}"
            } else {
                made += "{\(name)}"
                journal.notMapped("address", path, "{\(name)} is more than a name; write it in CEL")
            }
            rest = rest[rest.index(after: close)...]
        }
        return .string(made + String(rest).escapedForTemplate)
    }

    mutating func output(_ value: JSONValue?, at path: String, next: String) -> String {
        guard let value else { return next }
        var fields = SourceFields(value, at: path)
        defer { journal.close(fields, "output") }
        if fields["schema"] != nil { journal.notMapped("output.schema", fields.at("schema"), "outputs have no schema here") }
        guard let form = fields["as"] else { return next }
        return draft.assign("output", [dataName: self.value(form, at: fields.at("as"), isExpression: true)], next: next)
    }

    mutating func export(_ value: JSONValue?, at path: String, _ id: String, next: String) -> String {
        guard let value else { return next }
        var fields = SourceFields(value, at: path)
        defer { journal.close(fields, "export", node: id) }
        if fields["schema"] != nil { journal.notMapped("export.schema", fields.at("schema"), node: id, "variables have no schema") }
        guard let form = fields["as"] else { return next }
        if let text = form.stringValue, let added = Self.addition(text) {
            // `$context + { a: …, b: … }` sets members and leaves the others.
            var values = JSONObject()
            for (name, value) in added {
                guard name.isVariableName, let cel = try? value.cel(names(data: nil)) else { values = [:]; break }
                values["context.\(name)"] = .string("${\(cel)}")
            }
            if !values.isEmpty { return draft.assign("\(id)_export", values, next: next) }
        }
        return draft.assign("\(id)_export", ["context": self.value(form, at: fields.at("as"), isExpression: true)], next: next)
    }

    private static func addition(_ text: String) -> [(String, JQ)]? {
        let inner = text.isWorkflowExpression ? String(text.trimmingSpaces.dropFirst(2).dropLast()) : text
        guard case .binary("+", .variable("context"), .object(let members))? = try? JQ.parse(inner) else { return nil }
        var named: [(String, JQ)] = []
        for (key, value) in members {
            guard case .literal(.string(let name)) = key else { return nil }
            named.append((name, value))
        }
        return named
    }
}
