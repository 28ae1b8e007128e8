internal import Cedar
internal import JSON

/// Any JSON as a value of Cedar, so that policies can look into what a vendor or a person sent.
///
/// Cedar's escapes are not honoured: an input that says `{"__entity": …}` is a record with that name in it, never an entity. Null is
/// left out. A fraction is a decimal where it is exactly one, and else its text.
enum InputValue {
    static func value(_ json: JSONValue) -> Value? {
        switch json {
        case .null: nil
        case .bool(let value): .bool(value)
        case .int(let value): .long(value)
        case .double(let value): number(value)
        case .string(let text): .string(Text(text))
        case .array(let elements): .set(SetValue(elements.compactMap(value)))
        case .object(let members): .record(RecordValue(members.compactMap { key, member in value(member).map { (Text(key), $0) } }))
        }
    }

    private static func number(_ value: Double) -> Value {
        let scaled = value * 10_000
        if scaled.magnitude < 9e15, scaled.rounded() == scaled, scaled / 10_000 == value {
            return .decimal(DecimalValue(tenThousandths: Int64(scaled)))
        }
        return .string(Text(JSONValue.double(value).encodedString()))
    }
}
