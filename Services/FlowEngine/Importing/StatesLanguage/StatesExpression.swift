internal import FlowEngineCore
internal import JSON

/// Expressions of a state, as CEL.
struct StatesExpression {
    /// What `$`, or `$states.input`, is in this place.
    var data: String
    /// `$states.result` and `$states.errorOutput`.
    var result: String?
    var isJSONata: Bool
    /// The variables that some state assigns; nil where that does not matter.
    var variables: Set<String>?

    /// The expression between `{%` and `%}`.
    static func jsonata(_ text: String) throws(TranslationFailure) -> JSONata {
        guard text.hasPrefix("{%"), text.hasSuffix("%}"), text.utf8.count >= 4 else { throw TranslationFailure(reason: "an expression ends with %}") }
        let inner = String(text.dropFirst(2).dropLast(2))
        let trimmed = inner.trimmingSpaces
        let isPadded = inner.prefix { $0.isWhitespace }.count > 1
        // Expressions of several lines are laid out as their authors like it.
        if isPadded, !trimmed.contains("\n") { throw TranslationFailure(reason: "there is more than one space between {% and the expression") }
        return try JSONata.parse(trimmed)
    }

    func path(_ text: String) throws(TranslationFailure) -> String {
        try IntrinsicFunction.parse(text).cel { root in
            switch root {
            case .data: data
            case .variable(let name): assigned(name)
            case .context: nil
            }
        }
    }

    func query(_ text: String) throws(TranslationFailure) -> String { try Self.jsonata(text).cel(variable) }

    private func variable(_ name: String) -> String? {
        switch name {
        case "states.input": data
        case "states.result", "states.errorOutput": result
        case "states.context.Execution.Input": "trigger"
        case "states.context.Execution.Id", "states.context.Execution.Name": "run.id"
        case "states.context.Execution.StartTime": "run.started_at"
        case "states.context.State.Name": "run.node"
        case "states.context.Map.Item.Value": "item"
        case "states.context.Map.Item.Index": "item_index"
        default: name.isEmpty || name == "states" || name == "$" || name.contains(".") ? nil : assigned(name)
        }
    }

    private func assigned(_ name: String) -> String? {
        variables.map { $0.contains(name) } ?? true ? CELSpelling.member(name, of: "vars") : nil
    }

    /// A payload with its expressions replaced. Those that have no equal are told to `failed`.
    func template(_ value: JSONValue, at path: String, failed: (String, String, String) -> Void) -> JSONValue {
        func translated(_ text: String, _ at: String, _ cel: (String) throws(TranslationFailure) -> String) -> JSONValue {
            do throws(TranslationFailure) { return .string("${\(try cel(text))}") } catch {
                failed(text, at, error.reason)
                return .string("${\(CELSpelling.unmapped(text))}")
            }
        }
        switch value {
        case .array(let values): return .array(values.enumerated().map { template($0.element, at: "\(path)/\($0.offset)", failed: failed) })
        case .object(let members):
            var made = JSONObject()
            for (name, value) in members {
                let at = "\(path)/\(name.pointerToken)"
                if !isJSONata, name.hasSuffix(".$"), let text = value.stringValue {
                    made[String(name.dropLast(2))] = translated(text, at, self.path)
                } else {
                    made[name] = template(value, at: at, failed: failed)
                }
            }
            return .object(made)
        case .string(let text): return isJSONata && text.hasPrefix("{%") ? translated(text, path, query) : .string(text.escapedForTemplate)
        default: return value
        }
    }
}
