/// The 22 functions of Cedar's extension types.
package enum ExtensionFunction: String, CaseIterable, Hashable, Sendable {
    case ip, decimal, datetime, duration
    case isIpv4, isIpv6, isLoopback, isMulticast, isInRange
    case lessThan, lessThanOrEqual, greaterThan, greaterThanOrEqual
    case offset, durationSince, toDate, toTime
    case toMilliseconds, toSeconds, toMinutes, toHours, toDays

    /// Whether it is called as `ip(…)`; the others are called as `value.isIpv4()`.
    package var isConstructor: Bool {
        switch self {
        case .ip, .decimal, .datetime, .duration: true
        default: false
        }
    }

    /// Arguments, counting the receiver of a method.
    package var arity: Int {
        switch self {
        case .isInRange, .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual, .offset, .durationSince: 2
        default: 1
        }
    }
}

extension ExtensionFunction {
    /// Applies the function to as many arguments as its arity.
    func apply(_ arguments: [Value]) throws(EvaluationFault) -> Value {
        guard arguments.count == arity else {
            throw .wrongArgumentCount(function: rawValue, expected: arity, found: arguments.count)
        }
        if isConstructor { return try construct(arguments[0]) }
        switch self {
        case .isIpv4, .isIpv6, .isLoopback, .isMulticast, .isInRange: return .bool(try applyToIP(arguments))
        case .lessThan, .lessThanOrEqual, .greaterThan, .greaterThanOrEqual:
            return .bool(try compareDecimals(arguments[0].asDecimal(), arguments[1].asDecimal()))
        case .offset, .durationSince, .toDate, .toTime: return try applyToDatetime(arguments)
        default: return .long(try convert(arguments[0].asDuration()))
        }
    }

    private func construct(_ argument: Value) throws(EvaluationFault) -> Value {
        let text = try argument.asString().string
        do {
            switch self {
            case .ip: return .ip(try IPValue(parsing: text))
            case .decimal: return .decimal(try DecimalValue(parsing: text))
            case .datetime: return .datetime(try DatetimeValue(parsing: text))
            default: return .duration(try DurationValue(parsing: text))
            }
        } catch {
            throw .extensionFailed(function: rawValue, reason: error.reason)
        }
    }

    private func applyToIP(_ arguments: [Value]) throws(EvaluationFault) -> Bool {
        let ip = try arguments[0].asIP()
        switch self {
        case .isIpv4: return !ip.isIPv6
        case .isIpv6: return ip.isIPv6
        case .isLoopback: return ip.isLoopback
        case .isMulticast: return ip.isMulticast
        default: return ip.isInRange(try arguments[1].asIP())
        }
    }

    private func compareDecimals(_ a: DecimalValue, _ b: DecimalValue) -> Bool {
        switch self {
        case .lessThan: a < b
        case .lessThanOrEqual: a <= b
        case .greaterThan: a > b
        default: a >= b
        }
    }

    private func applyToDatetime(_ arguments: [Value]) throws(EvaluationFault) -> Value {
        let moment = try arguments[0].asDatetime()
        let result: Value? =
            switch self {
            case .offset: moment.offset(by: try arguments[1].asDuration()).map(Value.datetime)
            case .durationSince: moment.durationSince(try arguments[1].asDatetime()).map(Value.duration)
            case .toDate: moment.date.map(Value.datetime)
            default: .duration(moment.time)
            }
        guard let result else { throw .extensionFailed(function: rawValue, reason: "the result is beyond the range of milliseconds") }
        return result
    }

    private func convert(_ duration: DurationValue) -> Int64 {
        switch self {
        case .toMilliseconds: duration.milliseconds
        case .toSeconds: duration.seconds
        case .toMinutes: duration.minutes
        case .toHours: duration.hours
        default: duration.days
        }
    }
}
