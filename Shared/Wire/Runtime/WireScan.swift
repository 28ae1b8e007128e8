/// The pre-scan: everything that protobuf-c does not check itself (it has no recursion limit, takes any bytes as a string
/// and allocates per element) is checked here, in one pass and without allocating.
extension WireSchema {
    public func scan(_ bytes: UnsafeRawBufferPointer, limits: WireLimits) throws(WireError) {
        guard bytes.count <= limits.bytesMax else { throw WireError(.tooLarge, at: name) }
        guard let start = bytes.baseAddress else { return }
        var scanner = WireScanner(elementsLeft: limits.elementsMax)
        if !scanner.message(WireCursor(start, count: bytes.count), table, depthLeft: limits.depthMax) {
            throw WireError(scanner.problem, at: path(scanner.trail.reversed()))
        }
    }

    /// From the outermost message inwards, for example `provable.ledger.v1.ListReceiptsResponse.receipts.step`.
    private func path(_ numbers: [Int]) -> String {
        var path = name
        var schema: WireSchema? = self
        for number in numbers {
            path += "." + (schema?.name(ofField: number) ?? "\(number)")
            schema = schema?.schema(ofField: number)
        }
        return path
    }
}

/// Functions here are false where they found a problem; what it is and where stands beside, since a message that is in order,
/// the usual case, should not pay for an error's text.
private struct WireScanner {
    var elementsLeft: Int
    private(set) var problem = WireError.Problem.malformed
    /// Numbers of the fields around the problem, the innermost first.
    private(set) var trail: [Int] = []

    init(elementsLeft: Int) { self.elementsLeft = elementsLeft }

    mutating func message(_ bytes: WireCursor, _ table: ScanTable, depthLeft: Int) -> Bool {
        guard depthLeft > 0 else { return refuse(.tooDeep) }
        var cursor = bytes
        while !cursor.isAtEnd {
            let left = cursor.left
            // protobuf-c reads tags of up to five bytes.
            guard let tag = cursor.varint(widthMax: 5) else { return refuse(left < 5 ? .truncated : .malformed) }
            let number = Int(tag >> 3)
            guard number > 0, number < 1 << 29 else { return refuse(.malformed) }
            elementsLeft -= 1
            guard elementsLeft >= 0 else { return refuse(.tooManyElements) }
            let field = number < table.count ? table.fields[number] : ScanField(shape: .unknown, nested: nil, nestedCount: 0)
            guard self.field(field, wireType: UInt8(truncatingIfNeeded: tag & 7), &cursor, depthLeft: depthLeft) else {
                trail.append(number)
                return false
            }
        }
        return true
    }

    @inline(__always)
    private mutating func field(_ field: ScanField, wireType: UInt8, _ cursor: inout WireCursor, depthLeft: Int) -> Bool {
        switch wireType {
        case 2: return delimited(field, &cursor, depthLeft: depthLeft)
        case 0:
            guard field.shape == .varint || field.shape == .packedVarint || field.shape == .unknown else { return refuse(.wireType) }
            let left = cursor.left
            return cursor.varint() != nil || refuse(left < 10 ? .truncated : .malformed)
        case 1:
            guard field.shape == .fixed64 || field.shape == .packedFixed64 || field.shape == .unknown else { return refuse(.wireType) }
            return cursor.skip(8) || refuse(.truncated)
        case 5:
            guard field.shape == .fixed32 || field.shape == .packedFixed32 || field.shape == .unknown else { return refuse(.wireType) }
            return cursor.skip(4) || refuse(.truncated)
        default:
            // Groups (3 and 4) are not carried, and 6 and 7 do not exist.
            return refuse(field.shape == .unknown ? .malformed : .wireType)
        }
    }

    private mutating func delimited(_ field: ScanField, _ cursor: inout WireCursor, depthLeft: Int) -> Bool {
        let left = cursor.left
        guard let length = cursor.varint() else { return refuse(left < 10 ? .truncated : .malformed) }
        let start = cursor.next
        guard cursor.skip(length) else { return refuse(.truncated) }
        let count = Int(length)
        switch field.shape {
        case .unknown, .bytes:
            return true
        case .string:
            switch UTF8Check(UnsafeRawBufferPointer(start: start, count: count)) {
            case .clean: return true
            case .nul: return refuse(.nul)
            case .invalid: return refuse(.invalidUTF8)
            }
        case .message:
            guard let nested = field.nested else { return refuse(.malformed) }
            return message(WireCursor(start, count: count), ScanTable(of: field, nested), depthLeft: depthLeft - 1)
        case .packedVarint:
            return packedVarints(WireCursor(start, count: count))
        case .packedFixed32:
            return count % 4 == 0 ? spend(count / 4) : refuse(.malformed)
        case .packedFixed64:
            return count % 8 == 0 ? spend(count / 8) : refuse(.malformed)
        case .varint, .fixed32, .fixed64:
            return refuse(.wireType)
        }
    }

    private mutating func packedVarints(_ bytes: WireCursor) -> Bool {
        var packed = bytes
        while !packed.isAtEnd {
            guard spend(1) else { return false }
            guard packed.varint() != nil else { return refuse(.malformed) }
        }
        return true
    }

    private mutating func spend(_ elements: Int) -> Bool {
        elementsLeft -= elements
        return elementsLeft >= 0 || refuse(.tooManyElements)
    }

    @inline(never)
    private mutating func refuse(_ problem: WireError.Problem) -> Bool {
        self.problem = problem
        return false
    }
}
