extension FunctionLibrary {
    /// The regular expression extension.
    static let patterns: [CELFunction] = [
        CELFunction("regex.extract", "(string, string) -> optional(string)") { meter, operands throws(CELEvaluationError) in
            guard let (text, pattern) = operands.texts else { return nil }
            var search = try PatternSearch(text, pattern, &meter, groupsMax: 1)
            guard let found = try search.next(&meter) else { return .optional(nil) }
            return search.extracted(found).map { .optional(.string($0)) } ?? .optional(nil)
        },
        CELFunction("regex.extractAll", "(string, string) -> list(string)") { meter, operands throws(CELEvaluationError) in
            guard let (text, pattern) = operands.texts else { return nil }
            var search = try PatternSearch(text, pattern, &meter, groupsMax: 1)
            var values: [CELValue] = []
            while let found = try search.next(&meter) {
                try meter.make(elements: 1)
                if let part = search.extracted(found) { values.append(.string(part)) }
            }
            try meter.make(elements: values.count)
            return try meter.list(values)
        },
        CELFunction(
            "regex.replace", "(string, string, string) -> string", "(string, string, string, int) -> string"
        ) { meter, operands throws(CELEvaluationError) in
            guard (3...4).contains(operands.count), let (text, pattern) = [CELValue](operands[0...1]).texts else { return nil }
            guard case .string(let replacement) = operands[2] else { return nil }
            var count = Int64.max
            if operands.count == 4 {
                guard case .int(let given) = operands[3] else { return nil }
                count = given < 0 ? .max : given
            }
            var search = try PatternSearch(text, pattern, &meter, groupsMax: nil)
            return .string(try search.replaced(by: replacement, atMost: count, &meter))
        },
    ]
}

/// One match after the other.
private struct PatternSearch {
    private let text: [Unicode.Scalar]
    private let groups: Int
    private var machine: PatternMachine
    private var position = 0

    init(_ text: String, _ pattern: String, _ meter: inout Meter, groupsMax: Int?) throws(CELEvaluationError) {
        let program = try RegularExpression(pattern, &meter).program
        groups = program.groups
        if let groupsMax, groups > groupsMax {
            throw CELEvaluationError(
                .invalidArgument, "this pattern has \(groups) groups, and it is not clear which is meant", suggestion: "use (?:…) for all but one")
        }
        self.text = Array(text.unicodeScalars)
        machine = PatternMachine(program, self.text, capturing: true)
    }

    mutating func next(_ meter: inout Meter) throws(CELEvaluationError) -> [Int]? {
        guard position <= text.count, let found = try machine.match(from: position, &meter) else { return nil }
        // An empty match would be found again.
        position = found[1] > found[0] ? found[1] : found[1] + 1
        return found
    }

    /// The group, where the pattern has one, else all of it.
    func extracted(_ found: [Int]) -> String? {
        let group = groups == 1 ? 2 : 0
        guard found[group] >= 0 else { return nil }
        return String(scalars: text[found[group]..<found[group + 1]])
    }

    /// `\1` in the replacement is the first group, `\0` the whole match, `\\` a backslash.
    mutating func replaced(by replacement: String, atMost count: Int64, _ meter: inout Meter) throws(CELEvaluationError) -> String {
        let parts = try replacementParts(replacement)
        var result: [Unicode.Scalar] = []
        var end = 0
        var done: Int64 = 0
        while done < count, let found = try next(&meter) {
            result += text[end..<found[0]]
            for part in parts {
                switch part {
                case .text(let scalars): result += scalars
                case .group(let number): if found[2 * number] >= 0 { result += text[found[2 * number]..<found[2 * number + 1]] }
                }
            }
            end = found[1]
            done += 1
            try meter.make(bytes: result.count)
        }
        let text = String(scalars: result + text[end...])
        try meter.make(bytes: text.utf8.count)
        return text
    }

    private enum Part {
        case text([Unicode.Scalar])
        case group(Int)
    }

    private func replacementParts(_ replacement: String) throws(CELEvaluationError) -> [Part] {
        var parts: [Part] = []
        var scalars = Array(replacement.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            guard scalar == "\\" else {
                parts.append(.text([scalar]))
                continue
            }
            switch scalars.popFirst() {
            case "\\": parts.append(.text(["\\"]))
            case let digit? where digit.isDigit && Int(digit.value - 48) <= groups: parts.append(.group(Int(digit.value - 48)))
            default:
                throw CELEvaluationError(
                    .invalidArgument, "a \\ in the replacement names no group of the pattern",
                    suggestion: "write \\1 for the first, \\\\ for a backslash")
            }
        }
        return parts
    }
}
