extension UnaryOperator {
    func apply(_ operand: Value) throws(EvaluationFault) -> Value {
        switch self {
        case .not: return .bool(try !operand.asBool())
        case .isEmpty: return .bool(try operand.asSet().isEmpty)
        case .negate:
            let value = try operand.asLong()
            guard value != .min else { throw .integerOverflow(operation: "-(\(value))") }
            return .long(-value)
        }
    }
}

extension BinaryOperator {
    func apply(_ left: Value, _ right: Value, _ entities: Entities) throws(EvaluationFault) -> Value {
        switch self {
        case .equal: return .bool(left == right)
        case .notEqual: return .bool(left != right)
        case .less: return .bool(try left.isLess(than: right, orEqual: false))
        case .lessEqual: return .bool(try left.isLess(than: right, orEqual: true))
        case .greater: return .bool(try !left.isLess(than: right, orEqual: true))
        case .greaterEqual: return .bool(try !left.isLess(than: right, orEqual: false))
        case .add, .subtract, .multiply: return .long(try calculate(left.asLong(), right.asLong()))
        case .in: return .bool(try entities.isMember(left.asEntity(), of: right))
        case .contains: return .bool(try left.asSet().contains(right))
        case .containsAll: return .bool(try left.asSet().isSuperset(of: right.asSet()))
        case .containsAny: return .bool(try left.asSet().intersects(right.asSet()))
        case .getTag: return try entities.tag(right.asString(), of: left.asEntity())
        case .hasTag: return .bool(try entities.hasTag(right.asString(), left.asEntity()))
        }
    }

    private func calculate(_ left: Int64, _ right: Int64) throws(EvaluationFault) -> Int64 {
        let (result, overflowed) =
            switch self {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            default: left.multipliedReportingOverflow(by: right)
            }
        guard !overflowed else { throw .integerOverflow(operation: "\(left) \(rawValue) \(right)") }
        return result
    }
}

extension Value {
    /// Longs, datetimes and durations are ordered, each among themselves.
    fileprivate func isLess(than other: Value, orEqual: Bool) throws(EvaluationFault) -> Bool {
        switch (self, other) {
        case (.long(let a), .long(let b)): return orEqual ? a <= b : a < b
        case (.datetime(let a), .datetime(let b)): return orEqual ? a <= b : a < b
        case (.duration(let a), .duration(let b)): return orEqual ? a <= b : a < b
        case (.long, _): throw other.mismatch("long")
        case (.datetime, _): throw other.mismatch("datetime")
        case (.duration, _): throw other.mismatch("duration")
        default: throw mismatch("long, datetime or duration")
        }
    }
}
