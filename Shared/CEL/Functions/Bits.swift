extension FunctionLibrary {
    /// The math extension: bits.
    static let bits: [CELFunction] = [
        pair("math.bitAnd", { $0 & $1 }, { $0 & $1 }),
        pair("math.bitOr", { $0 | $1 }, { $0 | $1 }),
        pair("math.bitXor", { $0 ^ $1 }, { $0 ^ $1 }),
        CELFunction("math.bitNot", "(int) -> int", "(uint) -> uint") { _, operands in
            switch operands.only {
            case .int(let value): .int(~value)
            case .uint(let value): .uint(~value)
            default: nil
            }
        },
        shift("math.bitShiftLeft") { $0 << $1 },
        // Of an int, too, zeros come in from the left.
        shift("math.bitShiftRight") { $0 >> $1 },
    ]

    private static func pair(
        _ name: String, _ ints: @escaping @Sendable (Int64, Int64) -> Int64, _ uints: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> CELFunction {
        CELFunction(name, "(int, int) -> int", "(uint, uint) -> uint") { _, operands in
            guard operands.count == 2 else { return nil }
            switch (operands[0], operands[1]) {
            case (.int(let a), .int(let b)): return .int(ints(a, b))
            case (.uint(let a), .uint(let b)): return .uint(uints(a, b))
            default: return nil
            }
        }
    }

    private static func shift(_ name: String, _ shifted: @escaping @Sendable (UInt64, Int64) -> UInt64) -> CELFunction {
        CELFunction(name, "(int, int) -> int", "(uint, int) -> uint") { _, operands throws(CELEvaluationError) in
            guard operands.count == 2, case .int(let count) = operands[1] else { return nil }
            guard count >= 0 else { throw CELEvaluationError(.invalidArgument, "\(name) by \(count): a shift is 0 or more") }
            switch operands[0] {
            case .int(let value): return .int(Int64(bitPattern: shifted(UInt64(bitPattern: value), count)))
            case .uint(let value): return .uint(shifted(value, count))
            default: return nil
            }
        }
    }
}
