extension Evaluator {
    mutating func call(_ function: String, _ receiver: SyntaxNode?, _ arguments: [SyntaxNode]) throws(CELEvaluationError) -> CELValue {
        guard StandardFunctions.exists(function, isMember: receiver != nil) else {
            let nearest = Spelling.nearest(to: function, in: StandardFunctions.names(isMember: receiver != nil))
            throw CELEvaluationError(
                .unknownFunction, "there is no function '\(function)'", suggestion: nearest.map { "did you mean '\($0)'?" } ?? "")
        }
        var operands: [CELValue] = []
        if let receiver { operands.append(try evaluate(receiver)) }
        operands += try values(of: arguments)
        try spend(operands.reduce(0) { $0 + $1.extent })
        if let result = receiver == nil && function != "size" ? try converted(function, operands) : searched(function, operands) { return result }
        throw .noOverload(function, operands)
    }

    private func searched(_ function: String, _ operands: [CELValue]) -> CELValue? {
        switch (function, operands.count) {
        case ("size", 1): return operands[0].size.map { .int(Int64($0)) }
        case ("contains", 2), ("startsWith", 2), ("endsWith", 2):
            guard case .string(let text) = operands[0], case .string(let part) = operands[1] else { return nil }
            switch function {
            case "contains": return .bool(Array(text.utf8).contains(sequence: Array(part.utf8)))
            case "startsWith": return .bool(text.utf8.starts(with: part.utf8))
            default: return .bool(text.utf8.reversed().starts(with: part.utf8.reversed()))
            }
        default: return nil
        }
    }

    private func converted(_ function: String, _ operands: [CELValue]) throws(CELEvaluationError) -> CELValue? {
        guard operands.count == 1 else { return nil }
        let value = operands[0]
        switch function {
        case "dyn": return value
        case "type": return .type(value.type)
        case "int": return try value.convertedToInt()
        case "uint": return try value.convertedToUInt()
        case "double": return try value.convertedToDouble()
        case "string": return try value.convertedToString()
        case "bytes": return value.convertedToBytes()
        case "bool": return try value.convertedToBool()
        default: return nil
        }
    }
}

extension CELValue {
    /// Code points of a string, bytes of bytes, elements, entries.
    fileprivate var size: Int? {
        switch self {
        case .string(let value): value.unicodeScalars.count
        case .bytes(let value): value.count
        case .list(let value): value.count
        case .map(let value): value.count
        default: nil
        }
    }
}

extension [UInt8] {
    /// Byte search finds exactly the code-point matches, since UTF-8 is self-synchronising.
    fileprivate func contains(sequence part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        guard part.count <= count else { return false }
        return (0...(count - part.count)).contains { start in
            self[start] == first && self[start..<(start + part.count)].elementsEqual(part)
        }
    }
}
