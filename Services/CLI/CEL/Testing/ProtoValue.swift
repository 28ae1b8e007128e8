internal import CEL

/// `cel.expr.Value` as a value.
enum ProtoValue {
    static func value(_ proto: TextProto) throws(SimpleTest.Skipped) -> CELValue {
        guard let field = proto.fields.first else { return .null }
        switch field.name {
        case "null_value": return .null
        case "bool_value": return .bool(field.value.text == "true")
        case "int64_value": return .int(try given(field.value.int, field))
        case "uint64_value": return .uint(try given(field.value.uint, field))
        case "double_value": return .double(try given(field.value.double, field))
        case "string_value": return .string(field.value.text)
        case "bytes_value": return .bytes(field.value.bytes)
        case "type_value":
            guard let type = CELType(rawValue: field.value.text) else {
                throw SimpleTest.Skipped(reason: "needs the protobuf type \(field.value.text)")
            }
            return .type(type)
        case "list_value":
            var values: [CELValue] = []
            for value in field.value.message?.all("values") ?? [] { values.append(try Self.value(value)) }
            return .list(CELList(values))
        case "map_value": return try map(field.value.message ?? TextProto())
        case "object_value": return try object(field.value.message ?? TextProto())
        case "enum_value": throw SimpleTest.Skipped(reason: "needs a protobuf enum")
        default: throw SimpleTest.Skipped(reason: "a value of the unknown kind \(field.name)")
        }
    }

    private static func given<Value>(_ value: Value?, _ field: TextProto.Field) throws(SimpleTest.Skipped) -> Value {
        guard let value else { throw SimpleTest.Skipped(reason: "the test's \(field.name) cannot be read: \(field.value.text)") }
        return value
    }

    private static func map(_ proto: TextProto) throws(SimpleTest.Skipped) -> CELValue {
        var entries: [(key: CELValue, value: CELValue)] = []
        for entry in proto.all("entries") {
            entries.append((try value(entry.message("key") ?? TextProto()), try value(entry.message("value") ?? TextProto())))
        }
        guard let map = CELMap(entries) else { throw SimpleTest.Skipped(reason: "the test's map has a key twice") }
        return .map(map)
    }

    /// An Any. Of messages, those that CEL has as values of its own can be read.
    private static func object(_ proto: TextProto) throws(SimpleTest.Skipped) -> CELValue {
        guard let field = proto.fields.first, let content = field.value.message else { return .null }
        let name = field.name.split(separator: "/").last.map { String($0.dropLast()) } ?? field.name
        switch name {
        case "google.protobuf.Timestamp", "google.protobuf.Duration":
            let total = Int128(content["seconds"]?.int ?? 0) * 1_000_000_000 + Int128(content["nanos"]?.int ?? 0)
            let value =
                name.hasSuffix("Timestamp")
                ? CELTimestamp(totalNanoseconds: total).map(CELValue.timestamp) : CELDuration(totalNanoseconds: total).map(CELValue.duration)
            guard let value else { throw SimpleTest.Skipped(reason: "the test's \(name) is out of its range") }
            return value
        case "google.protobuf.BoolValue": return .bool(content.isTrue("value"))
        case "google.protobuf.Int32Value", "google.protobuf.Int64Value": return .int(content["value"]?.int ?? 0)
        case "google.protobuf.UInt32Value", "google.protobuf.UInt64Value": return .uint(content["value"]?.uint ?? 0)
        case "google.protobuf.FloatValue", "google.protobuf.DoubleValue": return .double(content["value"]?.double ?? 0)
        case "google.protobuf.StringValue": return .string(content.text("value"))
        case "google.protobuf.BytesValue": return .bytes(content["value"]?.bytes ?? [])
        case "google.protobuf.Struct": return structure(content)
        case "google.protobuf.ListValue": return .list(CELList(content.all("values").map(dynamic)))
        case "google.protobuf.Value": return dynamic(content)
        default: throw SimpleTest.Skipped(reason: "needs the protobuf message \(name)")
        }
    }

    private static func structure(_ proto: TextProto) -> CELValue {
        var entries: [String: CELValue] = [:]
        for field in proto.all("fields") { entries[field.text("key")] = dynamic(field.message("value") ?? TextProto()) }
        return CELMap(entries.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) }).map(CELValue.map) ?? .null
    }

    /// `google.protobuf.Value`, whose numbers are doubles.
    private static func dynamic(_ proto: TextProto) -> CELValue {
        guard let field = proto.fields.first else { return .null }
        switch field.name {
        case "number_value": return .double(field.value.double ?? .nan)
        case "string_value": return .string(field.value.text)
        case "bool_value": return .bool(proto.isTrue("bool_value"))
        case "struct_value": return structure(field.value.message ?? TextProto())
        case "list_value": return .list(CELList((field.value.message ?? TextProto()).all("values").map(dynamic)))
        default: return .null
        }
    }

    /// The same type and the same value, down to the elements; NaN is NaN here.
    static func isSame(_ a: CELValue, _ b: CELValue) -> Bool {
        guard a.type == b.type else { return false }
        switch (a, b) {
        case (.double(let a), .double(let b)): return a == b || a.isNaN && b.isNaN
        case (.list(let a), .list(let b)): return a.count == b.count && zip(a.values, b.values).allSatisfy { isSame($0, $1) }
        case (.map(let a), .map(let b)):
            return a.count == b.count
                && a.entries.allSatisfy { entry in
                    b.entries.contains { isSame($0.key, entry.key) && isSame($0.value, entry.value) }
                }
        case (.optional(let a?), .optional(let b?)): return isSame(a, b)
        default: return a.equals(b)
        }
    }
}
