extension FunctionLibrary {
    /// langdef.md, "Type conversions".
    static let conversions: [CELFunction] = [
        CELFunction("dyn", "(A) -> dyn") { _, operands in operands.only },
        CELFunction("type", "(A) -> type(A)") { _, operands in operands.only.map { .type($0.type) } },
        CELFunction("int", "(int) -> int", "(uint) -> int", "(double) -> int", "(string) -> int", "(timestamp) -> int") {
            _, operands throws(CELEvaluationError) in try operands.only?.convertedToInt()
        },
        CELFunction("uint", "(uint) -> uint", "(int) -> uint", "(double) -> uint", "(string) -> uint") {
            _, operands throws(CELEvaluationError) in try operands.only?.convertedToUInt()
        },
        CELFunction("double", "(double) -> double", "(int) -> double", "(uint) -> double", "(string) -> double") {
            _, operands throws(CELEvaluationError) in try operands.only?.convertedToDouble()
        },
        CELFunction(
            "string", "(string) -> string", "(bool) -> string", "(int) -> string", "(uint) -> string", "(double) -> string", "(bytes) -> string",
            "(timestamp) -> string", "(duration) -> string", "(ip) -> string", "(cidr) -> string"
        ) { meter, operands throws(CELEvaluationError) in
            try meter.spend(operands.only?.extent ?? 0)
            return try operands.only?.convertedToString()
        },
        CELFunction("bytes", "(bytes) -> bytes", "(string) -> bytes") { meter, operands throws(CELEvaluationError) in
            try meter.spend(operands.only?.extent ?? 0)
            return operands.only?.convertedToBytes()
        },
        CELFunction("bool", "(bool) -> bool", "(string) -> bool") {
            _, operands throws(CELEvaluationError) in try operands.only?.convertedToBool()
        },
        CELFunction("timestamp", "(timestamp) -> timestamp", "(string) -> timestamp", "(int) -> timestamp") {
            _, operands throws(CELEvaluationError) in try operands.only?.convertedToTimestamp()
        },
        CELFunction("duration", "(duration) -> duration", "(string) -> duration") {
            _, operands throws(CELEvaluationError) in try operands.only?.convertedToDuration()
        },
    ]

    static let sizes: [CELFunction] = [
        CELFunction(
            "size", "(string) -> int", "(bytes) -> int", "(list(A)) -> int", "(map(A, B)) -> int", "string.() -> int", "bytes.() -> int",
            "list(A).() -> int", "map(A, B).() -> int"
        ) { meter, operands throws(CELEvaluationError) in
            guard let value = operands.only else { return nil }
            if case .string(let text) = value { try meter.spend(text.utf8.count / 16) }
            return value.size.map { .int(Int64($0)) }
        }
    ]
}

extension [CELValue] {
    /// The operand of a function of one.
    var only: CELValue? { count == 1 ? self[0] : nil }
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
