/// The pre-scan: everything that protobuf-c does not check itself (it has no recursion limit, takes any bytes as a string
/// and allocates per element) is checked here, in one pass and without allocating.
extension WireSchema {
    public func scan(_ bytes: UnsafeRawBufferPointer, limits: WireLimits) throws(WireError) {
        guard bytes.count <= limits.bytesMax else { throw WireError(.tooLarge, at: name) }
        var scanner = WireScanner(elementsLeft: limits.elementsMax)
        try scanner.message(bytes, self, depthLeft: limits.depthMax)
    }
}

private struct WireScanner {
    var elementsLeft: Int

    mutating func message(_ bytes: UnsafeRawBufferPointer, _ schema: WireSchema, depthLeft: Int) throws(WireError) {
        guard depthLeft > 0 else { throw WireError(.tooDeep, at: schema.name) }
        var cursor = WireCursor(bytes)
        while !cursor.isAtEnd {
            guard let tag = cursor.varint() else { throw WireError(.truncated, at: schema.name) }
            let number = tag >> 3
            guard number > 0, number < 1 << 29 else { throw WireError(.malformed, at: schema.name) }
            try count(1, schema)
            guard number < UInt64(schema.fields.count), let field = schema.fields[Int(number)] else {
                try skip(wireType: tag & 7, &cursor, schema)
                continue
            }
            try self.field(field, wireType: tag & 7, &cursor, schema, depthLeft: depthLeft)
        }
    }

    private mutating func field(
        _ field: WireField, wireType: UInt64, _ cursor: inout WireCursor, _ schema: WireSchema, depthLeft: Int
    ) throws(WireError) {
        switch (field.kind, wireType) {
        case (.varint, 0), (.packedVarint, 0), (.fixed64, 1), (.packedFixed64, 1), (.fixed32, 5), (.packedFixed32, 5):
            try skip(wireType: wireType, &cursor, schema)
        case (.bytes, 2):
            _ = try length(&cursor, schema, field)
        case (.string, 2):
            switch UTF8Check(try length(&cursor, schema, field)) {
            case .clean: break
            case .nul: throw WireError(.nul, at: path(schema, field))
            case .invalid: throw WireError(.invalidUTF8, at: path(schema, field))
            }
        case (.message(let nested), 2):
            try message(try length(&cursor, schema, field), nested, depthLeft: depthLeft - 1)
        case (.packedVarint, 2):
            var packed = WireCursor(try length(&cursor, schema, field))
            while !packed.isAtEnd {
                try count(1, schema)
                guard packed.varint() != nil else { throw WireError(.malformed, at: path(schema, field)) }
            }
        case (.packedFixed32, 2), (.packedFixed64, 2):
            let width = if case .packedFixed32 = field.kind { 4 } else { 8 }
            let packed = try length(&cursor, schema, field)
            guard packed.count % width == 0 else { throw WireError(.malformed, at: path(schema, field)) }
            try count(packed.count / width, schema)
        default:
            throw WireError(.wireType, at: path(schema, field))
        }
    }

    private mutating func count(_ elements: Int, _ schema: WireSchema) throws(WireError) {
        elementsLeft -= elements
        guard elementsLeft >= 0 else { throw WireError(.tooManyElements, at: schema.name) }
    }

    /// Groups (3 and 4) are not carried, and 6 and 7 do not exist.
    private func skip(wireType: UInt64, _ cursor: inout WireCursor, _ schema: WireSchema) throws(WireError) {
        let complete: Bool
        switch wireType {
        case 0: complete = cursor.varint() != nil
        case 1: complete = cursor.take(8) != nil
        case 2: complete = cursor.varint().flatMap { cursor.take($0) } != nil
        case 5: complete = cursor.take(4) != nil
        default: throw WireError(.malformed, at: schema.name)
        }
        guard complete else { throw WireError(.truncated, at: schema.name) }
    }

    private func length(_ cursor: inout WireCursor, _ schema: WireSchema, _ field: WireField) throws(WireError) -> UnsafeRawBufferPointer {
        guard let count = cursor.varint(), let bytes = cursor.take(count) else {
            throw WireError(.truncated, at: path(schema, field))
        }
        return bytes
    }

    private func path(_ schema: WireSchema, _ field: WireField) -> String { "\(schema.name).\(field.name)" }
}
