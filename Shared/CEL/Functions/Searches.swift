extension FunctionLibrary {
    /// Looking for one text in another.
    static let searches: [CELFunction] = [
        CELFunction("contains", "string.(string) -> bool") { meter, operands throws(CELEvaluationError) in
            guard let (text, part) = operands.texts else { return nil }
            try meter.spend((text.utf8.count + part.utf8.count) / 16)
            return .bool(try TextSearch.first(Array(part.utf8), in: Array(text.utf8), from: 0, &meter) != nil)
        },
        CELFunction("startsWith", "string.(string) -> bool") { meter, operands throws(CELEvaluationError) in
            guard let (text, part) = operands.texts else { return nil }
            try meter.spend(part.utf8.count / 16)
            return .bool(text.utf8.starts(with: part.utf8))
        },
        CELFunction("endsWith", "string.(string) -> bool") { meter, operands throws(CELEvaluationError) in
            guard let (text, part) = operands.texts else { return nil }
            try meter.spend(part.utf8.count / 16)
            return .bool(part.utf8.count <= text.utf8.count && text.utf8.suffix(part.utf8.count).elementsEqual(part.utf8))
        },
        CELFunction("matches", "string.(string) -> bool", "(string, string) -> bool") { meter, operands throws(CELEvaluationError) in
            guard let (text, pattern) = operands.texts else { return nil }
            return .bool(try RegularExpression(pattern, &meter).matches(text, &meter))
        },
    ]
}

extension [CELValue] {
    /// The operands of a function of two strings.
    var texts: (String, String)? {
        guard count == 2, case .string(let first) = self[0], case .string(let second) = self[1] else { return nil }
        return (first, second)
    }
}

/// Finds a part of a sequence of bytes or code points; the product of their lengths is paid for.
enum TextSearch {
    /// Byte search finds exactly the code-point matches, since UTF-8 is self-synchronising.
    static func first<Unit: Equatable>(
        _ part: [Unit], in text: [Unit], from start: Int, _ meter: inout Meter
    ) throws(CELEvaluationError) -> Int? {
        guard let head = part.first else { return start <= text.count ? start : nil }
        guard part.count <= text.count else { return nil }
        var position = start
        while position <= text.count - part.count {
            if text[position] == head {
                try meter.spend(part.count / 16)
                if text[position..<(position + part.count)].elementsEqual(part) { return position }
            }
            position += 1
        }
        return nil
    }

    /// The last that begins at `start` or before it.
    static func last<Unit: Equatable>(
        _ part: [Unit], in text: [Unit], from start: Int, _ meter: inout Meter
    ) throws(CELEvaluationError) -> Int? {
        var position = min(start, text.count - part.count)
        while position >= 0 {
            try meter.spend(part.count / 16)
            if text[position..<(position + part.count)].elementsEqual(part) { return position }
            position -= 1
        }
        return nil
    }
}
