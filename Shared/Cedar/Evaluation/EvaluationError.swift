/// Why an expression has no value. A policy that errs is skipped.
public struct EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    public let fault: EvaluationFault
    /// The sub-expression that failed.
    public let span: SourceSpan

    public var description: String { fault.description }
}

public enum EvaluationFault: Error, Hashable, Sendable {
    case typeMismatch(expected: String, found: String)
    case entityDoesNotExist(EntityUID)
    case entityLacksAttribute(EntityUID, Text)
    case entityLacksTag(EntityUID, Text)
    case recordLacksAttribute(Text)
    case integerOverflow(operation: String)
    case extensionFailed(function: String, reason: String)
    case wrongArgumentCount(function: String, expected: Int, found: Int)
}

extension EvaluationFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .typeMismatch(let expected, let found): "type error: expected \(expected), found \(found)"
        case .entityDoesNotExist(let uid): "the entity \(uid) does not exist"
        case .entityLacksAttribute(let uid, let name): "the entity \(uid) has no attribute \(name.quoted)"
        case .entityLacksTag(let uid, let name): "the entity \(uid) has no tag \(name.quoted)"
        case .recordLacksAttribute(let name): "the record has no attribute \(name.quoted)"
        case .integerOverflow(let operation): "integer overflow in \(operation)"
        case .extensionFailed(let function, let reason): "\(function): \(reason)"
        case .wrongArgumentCount(let function, let expected, let found): "\(function) takes \(expected) arguments, found \(found)"
        }
    }
}

extension Value {
    func asBool() throws(EvaluationFault) -> Bool {
        guard case .bool(let value) = self else { throw mismatch("bool") }
        return value
    }

    func asLong() throws(EvaluationFault) -> Int64 {
        guard case .long(let value) = self else { throw mismatch("long") }
        return value
    }

    func asString() throws(EvaluationFault) -> Text {
        guard case .string(let value) = self else { throw mismatch("string") }
        return value
    }

    func asEntity() throws(EvaluationFault) -> EntityUID {
        guard case .entity(let value) = self else { throw mismatch("entity") }
        return value
    }

    func asSet() throws(EvaluationFault) -> SetValue {
        guard case .set(let value) = self else { throw mismatch("set") }
        return value
    }

    func asIP() throws(EvaluationFault) -> IPValue {
        guard case .ip(let value) = self else { throw mismatch("ipaddr") }
        return value
    }

    func asDecimal() throws(EvaluationFault) -> DecimalValue {
        guard case .decimal(let value) = self else { throw mismatch("decimal") }
        return value
    }

    func asDatetime() throws(EvaluationFault) -> DatetimeValue {
        guard case .datetime(let value) = self else { throw mismatch("datetime") }
        return value
    }

    func asDuration() throws(EvaluationFault) -> DurationValue {
        guard case .duration(let value) = self else { throw mismatch("duration") }
        return value
    }

    func mismatch(_ expected: String) -> EvaluationFault { .typeMismatch(expected: expected, found: typeName) }
}
