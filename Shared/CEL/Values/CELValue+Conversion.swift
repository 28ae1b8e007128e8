internal import JSON

/// The conversions of langdef.md, "Type conversions". Nil means that the type has none; a value without a counterpart is an error.
extension CELValue {
    func convertedToInt() throws(CELEvaluationError) -> CELValue? {
        switch self {
        case .int: return self
        case .uint(let value): return .int(try Self.fitting(Int64(exactly: value), "int", value))
        case .double(let value):
            // The ends of the range are excluded: no double says whether it was rounded to them.
            guard value > -0x1p63, value < 0x1p63 else { throw Self.unconvertible(value, "int") }
            return .int(Int64(value))
        case .timestamp(let value): return .int(value.seconds)
        case .string(let text): return .int(try Self.fitting(text.isDecimal(signed: true) ? Int64(text) : nil, "int", text))
        default: return nil
        }
    }

    func convertedToUInt() throws(CELEvaluationError) -> CELValue? {
        switch self {
        case .uint: return self
        case .int(let value): return .uint(try Self.fitting(UInt64(exactly: value), "uint", value))
        case .double(let value):
            guard value >= 0, value < 0x1p64 else { throw Self.unconvertible(value, "uint") }
            return .uint(UInt64(value))
        case .string(let text): return .uint(try Self.fitting(text.isDecimal(signed: false) ? UInt64(text) : nil, "uint", text))
        default: return nil
        }
    }

    func convertedToDouble() throws(CELEvaluationError) -> CELValue? {
        switch self {
        case .double: return self
        case .int(let value): return .double(Double(value))
        case .uint(let value): return .double(Double(value))
        case .string(let text):
            let value = try Self.fitting(Double(text), "double", text)
            // Swift reads what is too large as infinity.
            guard value.isFinite || !text.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
                throw Self.unconvertible(text, "double")
            }
            return .double(value)
        default: return nil
        }
    }

    func convertedToString() throws(CELEvaluationError) -> CELValue? {
        switch self {
        case .string: return self
        case .bool(let value): return .string(String(value))
        case .int(let value): return .string(String(value))
        case .uint(let value): return .string(String(value))
        case .double(let value): return .string(value.asText)
        case .timestamp(let value): return .string(value.description)
        case .duration(let value): return .string(value.description)
        case .address(let value): return .string(value.description)
        case .network(let value): return .string(value.description)
        case .bytes(let bytes):
            return .string(try Self.fitting(String(validating: bytes, as: UTF8.self), "string", "these bytes"))
        default: return nil
        }
    }

    func convertedToBytes() -> CELValue? {
        switch self {
        case .bytes: self
        case .string(let text): .bytes(Array(text.utf8))
        default: nil
        }
    }

    func convertedToBool() throws(CELEvaluationError) -> CELValue? {
        switch self {
        case .bool: return self
        case .string("1"), .string("t"), .string("T"), .string("true"), .string("TRUE"), .string("True"): return .bool(true)
        case .string("0"), .string("f"), .string("F"), .string("false"), .string("FALSE"), .string("False"): return .bool(false)
        case .string(let text): throw Self.unconvertible(text, "bool")
        default: return nil
        }
    }

    /// From RFC 3339, or from seconds since the beginning of 1970.
    func convertedToTimestamp() throws(CELEvaluationError) -> CELValue? {
        switch self {
        case .timestamp: return self
        case .int(let seconds):
            return .timestamp(try Self.fitting(CELTimestamp(totalNanoseconds: Int128(seconds) * 1_000_000_000), "timestamp", seconds))
        case .string(let text):
            guard let timestamp = CELTimestamp(parsing: text) else {
                throw CELEvaluationError(
                    .conversion, "'\(text.prefix(40))' is no timestamp", suggestion: "write it as 2024-02-29T12:00:00Z, in the years 1 to 9999")
            }
            return .timestamp(timestamp)
        default: return nil
        }
    }

    func convertedToDuration() throws(CELEvaluationError) -> CELValue? {
        switch self {
        case .duration: return self
        case .string(let text):
            guard let duration = CELDuration(parsing: text) else {
                throw CELEvaluationError(
                    .conversion, "'\(text.prefix(40))' is no duration", suggestion: "write it as 1h30m, 90s or 250ms, within 315576000000s")
            }
            return .duration(duration)
        default: return nil
        }
    }

    private static func fitting<Value>(_ value: Value?, _ type: String, _ source: some CustomStringConvertible) throws(CELEvaluationError) -> Value {
        guard let value else { throw unconvertible(source, type) }
        return value
    }

    private static func unconvertible(_ source: some CustomStringConvertible, _ type: String) -> CELEvaluationError {
        CELEvaluationError(.conversion, "'\(String(describing: source).prefix(40))' is no \(type)")
    }
}

extension String {
    fileprivate func isDecimal(signed: Bool) -> Bool {
        var digits = utf8[...]
        if signed, digits.first == UInt8(ascii: "-") || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}

extension Double {
    /// The shortest digits that read as this double again, as JSON has them; JSON has no sign of zero.
    fileprivate var asText: String {
        guard isFinite else { return String(self) }
        return self == 0 && sign == .minus ? "-0" : JSONValue.double(self).encodedString()
    }
}
