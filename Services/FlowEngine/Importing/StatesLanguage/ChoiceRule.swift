internal import JSON

/// A rule of a Choice state with JSONPath, as a condition in CEL.
enum ChoiceRule {
    private static let comparisons = [
        "Equals": "==", "LessThan": "<", "GreaterThan": ">", "LessThanEquals": "<=", "GreaterThanEquals": ">=",
    ]
    private static let kinds = ["String", "Numeric", "Boolean", "Timestamp"]
    private static let tests = ["IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp", "StringMatches"]

    static func cel(_ rule: JSONValue, data: String, variables: Set<String>? = nil, isTop: Bool, depth: Int) throws(TranslationFailure) -> String {
        guard let members = rule.objectValue, depth <= 16 else {
            throw TranslationFailure(reason: "a rule is an object, nested 16 deep at the most", isFault: true)
        }
        if !isTop, members["Next"] != nil { throw TranslationFailure(reason: "only an outermost rule has 'Next'", isFault: true) }
        let named = members.keys.filter { !["Variable", "Next", "Comment", "Assign"].contains($0) }
        guard named.count == 1, let name = named.first, let operand = members[name] else {
            throw TranslationFailure(reason: "a rule has one comparison, not \(named.count)", isFault: true)
        }
        switch name {
        case "And", "Or":
            guard let rules = operand.arrayValue, !rules.isEmpty else {
                throw TranslationFailure(reason: "'\(name)' is a list of rules", isFault: true)
            }
            var parts: [String] = []
            for rule in rules { parts.append(try cel(rule, data: data, variables: variables, isTop: false, depth: depth + 1)) }
            return "(" + parts.joined(separator: name == "And" ? " && " : " || ") + ")"
        case "Not": return "!(\(try cel(operand, data: data, variables: variables, isTop: false, depth: depth + 1)))"
        default:
            guard let text = members["Variable"]?.stringValue else { throw TranslationFailure(reason: "a rule needs 'Variable'", isFault: true) }
            return try comparison(name, operand, try path(text, data, variables), data, variables)
        }
    }

    private static func path(_ text: String, _ data: String, _ variables: Set<String>?) throws(TranslationFailure) -> String {
        do throws(TranslationFailure) { _ = try JSONPath(text) } catch { throw TranslationFailure(reason: error.reason, isFault: true) }
        return try StatesExpression(data: data, isJSONata: false, variables: variables).path(text)
    }

    private static func comparison(
        _ name: String, _ operand: JSONValue, _ variable: String, _ data: String, _ variables: Set<String>?
    ) throws(TranslationFailure) -> String {
        if tests.contains(name) { return try test(name, operand, variable) }
        for kind in kinds where name.hasPrefix(kind) {
            let isPath = name.hasSuffix("Path")
            guard let sign = comparisons[String(name.dropFirst(kind.count).dropLast(isPath ? 4 : 0))], kind != "Boolean" || sign == "==" else {
                break
            }
            var value: String
            if isPath {
                guard let text = operand.stringValue else { throw TranslationFailure(reason: "'\(name)' takes a path", isFault: true) }
                value = try path(text, data, variables)
            } else {
                let isRight =
                    switch kind {
                    case "Numeric": operand.doubleValue != nil
                    case "Boolean": operand.boolValue != nil
                    default: operand.stringValue != nil
                    }
                guard isRight else { throw TranslationFailure(reason: "'\(name)' is given \(operand.encodedString())", isFault: true) }
                value = CELSpelling.literal(operand)
            }
            guard kind == "Timestamp" else { return "\(variable) \(sign) \(value)" }
            return "timestamp(\(variable)) \(sign) timestamp(\(value))"
        }
        throw TranslationFailure(reason: "there is no comparison '\(name)'", isFault: true)
    }

    private static func test(_ name: String, _ operand: JSONValue, _ variable: String) throws(TranslationFailure) -> String {
        if name == "StringMatches" {
            guard let pattern = operand.stringValue else { throw TranslationFailure(reason: "'StringMatches' takes a text", isFault: true) }
            return "\(variable).matches(\(CELSpelling.string(regular(pattern))))"
        }
        guard let wanted = operand.boolValue else { throw TranslationFailure(reason: "'\(name)' takes true or false", isFault: true) }
        let test: String
        switch name {
        case "IsPresent":
            guard variable.contains("."), !variable.hasSuffix("]") else {
                throw TranslationFailure(reason: "IsPresent of an element has no equal; write size(…) > n")
            }
            test = "has(\(variable))"
        case "IsNull": test = "\(variable) == null"
        case "IsNumeric": test = "type(\(variable)) in [int, double]"
        case "IsString": test = "type(\(variable)) == string"
        case "IsBoolean": test = "type(\(variable)) == bool"
        default: throw TranslationFailure(reason: "IsTimestamp has no equal in CEL")
        }
        return wanted ? test : "!(\(test))"
    }

    /// `*` is any text, `\*` a star.
    private static func regular(_ pattern: String) -> String {
        var text = "^"
        var isEscaped = false
        for scalar in pattern.unicodeScalars {
            if !isEscaped, scalar == "\\" { isEscaped = true; continue }
            if scalar == "*", !isEscaped {
                text += ".*"
            } else {
                if !scalar.isNamePart, scalar.isASCII { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
            isEscaped = false
        }
        return text + "$"
    }
}
