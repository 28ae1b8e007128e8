internal import FlowEngineCore
internal import JSON

extension StatesMapper {
    /// What `InputPath` leaves of the data.
    mutating func input(of state: JSONObject, at path: String) -> String {
        guard let value = state["InputPath"] else { return data }
        return value.isNull ? "{}" : self.path(value, at: "\(path)/InputPath", data: data)
    }

    /// A path in CEL; where it has no equal, what publishing refuses.
    mutating func path(_ value: JSONValue, at path: String, data: String) -> String {
        guard let text = value.stringValue else { return value.isNull ? "{}" : data }
        do throws(TranslationFailure) { return try StatesExpression(data: data, isJSONata: false, variables: assigned).path(text) } catch {
            journal.notMapped("path", path, "\(text): \(error.reason); publishing refuses it until it is written in CEL")
            return CELSpelling.unmapped(text)
        }
    }

    mutating func template(_ value: JSONValue, at path: String, data: String, _ result: String?, _ place: Place) -> JSONValue {
        var failures: [(text: String, path: String, reason: String)] = []
        let made = StatesExpression(data: data, result: result, isJSONata: place.isJSONata, variables: assigned).template(value, at: path) {
            failures.append(($0, $1, $2))
        }
        for failure in failures {
            journal.notMapped(
                "expression", failure.path, "\(failure.text.prefix(80)): \(failure.reason); publishing refuses it until it is written in CEL")
        }
        return made
    }

    /// `data` or `data.a.b`; nil where the result is dropped, or its place is in a list.
    func resultTarget(_ value: JSONValue?) -> String? {
        guard let value else { return dataName }
        guard let text = value.stringValue, let path = try? JSONPath(text) else { return nil }
        let names = path.steps.map { step -> String in if case .member(let name) = step { name } else { "" } }
        return names.allSatisfy(\.isVariableName) ? ([dataName] + names).joined(separator: ".") : nil
    }

    mutating func assignments(_ members: JSONObject, at path: String, result: String?, _ place: Place) -> JSONObject {
        var values = JSONObject()
        if let assign = members["Assign"] {
            journal.mapped("Assign", "\(path)/Assign")
            let made = template(assign, at: "\(path)/Assign", data: place.isJSONata ? data : result ?? data, result, place)
            for (name, value) in made.objectValue ?? [:] {
                if name.isVariableName {
                    values[name] = value
                } else {
                    journal.notMapped("Assign", "\(path)/Assign", "'\(name)' is no variable's name here")
                }
            }
        }
        if let output = members["Output"] { values[dataName] = template(output, at: "\(path)/Output", data: data, result, place) }
        return values
    }

    /// Everything that a state does with its result, before `next`.
    mutating func finish(
        _ id: String, _ state: JSONObject, at path: String, result: String?, next: String, _ place: Place, value: JSONValue? = nil
    ) -> String {
        var next = next
        if let output = state["OutputPath"], output.stringValue != "$" {
            next = draft.assign("\(id)_output", [dataName: .string("${\(self.path(output, at: "\(path)/OutputPath", data: data))}")], next: next)
        }
        var values = assignments(state, at: path, result: result, place)
        if place.isJSONata {
            if values[dataName] == nil, let result { values[dataName] = .string("${\(result)}") }
        } else if result != nil || value != nil {
            let selected = state["ResultSelector"].map { template($0, at: "\(path)/ResultSelector", data: result ?? data, result, place) }
            if let target = resultTarget(state["ResultPath"]) {
                values[target] = selected ?? value ?? .string("${\(result ?? data)}")
            } else if state["ResultPath"]?.isNull != true {
                journal.notMapped(
                    "ResultPath", "\(path)/ResultPath", node: id, "a place in a list cannot be assigned; the result is steps.\(id).output")
            }
        } else if state["InputPath"] != nil {
            values[dataName] = .string("${\(input(of: state, at: path))}")
        }
        return draft.assign("\(id)_result", values, next: next)
    }
}
