extension FunctionLibrary {
    /// The string extension: what makes new strings.
    static let stringEdits: [CELFunction] = [
        CELFunction(
            "replace", "string.(string, string) -> string", "string.(string, string, int) -> string"
        ) { meter, operands throws(CELEvaluationError) in
            guard operands.count >= 3, let (part, replacement) = [CELValue](operands[1...2]).texts else { return nil }
            guard case .string(let text) = operands[0], let limit = operands.limit(at: 3) else { return nil }
            let pieces = try TextPieces.split(text, by: part, atMost: limit.map { $0 < 0 ? nil : $0 + 1 } ?? nil, betweenAll: true, &meter)
            return .string(try TextPieces.join(pieces, with: replacement, &meter))
        },
        CELFunction("split", "string.(string) -> list(string)", "string.(string, int) -> list(string)") {
            meter, operands throws(CELEvaluationError) in
            guard operands.count >= 2, let (text, separator) = [CELValue](operands[0...1]).texts, let limit = operands.limit(at: 2) else {
                return nil
            }
            if limit == 0 { return try meter.list([]) }
            let most = limit.map { $0 < 0 ? nil : $0 } ?? nil
            let pieces = try TextPieces.split(text, by: separator, atMost: most, betweenAll: false, &meter)
            try meter.make(elements: pieces.count)
            return try meter.list(pieces.map(CELValue.string))
        },
        CELFunction("join", "list(string).() -> string", "list(string).(string) -> string") { meter, operands throws(CELEvaluationError) in
            guard case .list(let list)? = operands.first, operands.count <= 2 else { return nil }
            var separator = ""
            if operands.count == 2 {
                guard case .string(let given) = operands[1] else { return nil }
                separator = given
            }
            var pieces: [String] = []
            for value in list.values {
                guard case .string(let piece) = value else { throw .noOverload("join", [value]) }
                pieces.append(piece)
            }
            return .string(try TextPieces.join(pieces, with: separator, &meter))
        },
        CELFunction("format", "string.(list(dyn)) -> string") { meter, operands throws(CELEvaluationError) in
            guard operands.count == 2, case .string(let form) = operands[0], case .list(let list) = operands[1] else { return nil }
            var formatter = TextFormatter(form, list.values, meter)
            defer { meter = formatter.meter }
            return .string(try formatter.formatted())
        },
    ]
}

extension [CELValue] {
    /// A limit that may be left out; nil from outside where it is no int.
    fileprivate func limit(at index: Int) -> Int64?? {
        guard count > index else { return .some(nil) }
        guard count == index + 1, case .int(let limit) = self[index] else { return nil }
        return limit
    }
}

private enum TextPieces {
    /// At most so many pieces, the last of which is the rest. An empty separator stands between any two code points, and around all
    /// of them where `betweenAll` is set.
    static func split(
        _ text: String, by separator: String, atMost most: Int64?, betweenAll: Bool, _ meter: inout Meter
    ) throws(CELEvaluationError) -> [String] {
        try meter.spend((text.utf8.count + separator.utf8.count) / 16)
        let most = most.map { Int(clamping: $0) } ?? .max
        if separator.isEmpty { return apart(text, atMost: most, isSurrounded: betweenAll) }
        let (bytes, part) = (Array(text.utf8), Array(separator.utf8))
        var pieces: [String] = []
        var start = 0
        while pieces.count + 1 < most, let next = try TextSearch.first(part, in: bytes, from: start, &meter) {
            try meter.spend(1)
            pieces.append(String(decoding: bytes[start..<next], as: UTF8.self))
            start = next + part.count
        }
        return pieces + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    private static func apart(_ text: String, atMost most: Int, isSurrounded: Bool) -> [String] {
        var pieces = isSurrounded && most > 1 ? [""] : []
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.first, pieces.count + 1 < most {
            pieces.append(String(scalar))
            rest = rest.dropFirst()
        }
        if !rest.isEmpty || isSurrounded { pieces.append(String(scalars: rest)) }
        return pieces
    }

    static func join(_ pieces: [String], with separator: String, _ meter: inout Meter) throws(CELEvaluationError) -> String {
        try meter.spend(pieces.count)
        var bytes = 0
        for piece in pieces {
            bytes += piece.utf8.count + separator.utf8.count
            try meter.make(bytes: max(0, bytes - separator.utf8.count))
        }
        return pieces.joined(separator: separator)
    }
}
