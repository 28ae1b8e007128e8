package import Identity
package import NIOCore

/// What travels with a request besides its message: never part of the payload, so that no handler can mistake one for the other.
package struct RequestMetadata: Hashable, Sendable {
    package var tenant: TenantID?
    package var principal: String?
    package var delegationToken: String?
    /// What is left of the caller's deadline; relative, since clocks differ.
    package var timeout: Duration?
    package var trace: TraceContext?
    package var idempotencyKey: String?
    /// 0 for the first try.
    package var attempt: UInt8 = 0
    package var priority: UInt8 = 0

    package init() {}

    private enum Key {
        static let tenant: UInt8 = 1
        static let principal: UInt8 = 2
        static let delegationToken: UInt8 = 3
        static let timeout: UInt8 = 4
        static let trace: UInt8 = 5
        static let idempotencyKey: UInt8 = 6
        static let attempt: UInt8 = 7
        static let priority: UInt8 = 8
    }

    /// Those of a message's fields that were read; what is unknown may come as often as it likes.
    private struct SeenKeys {
        private var bits: UInt64 = 0

        mutating func insert(_ key: UInt8) -> Bool {
            guard key < 64 else { return true }
            defer { bits |= 1 << key }
            return bits & 1 << key == 0
        }
    }

    package func write(into buffer: inout ByteBuffer) {
        if let tenant { buffer.writeField(Key.tenant, bytes: tenant.bytes) }
        if let principal { buffer.writeField(Key.principal, principal) }
        if let delegationToken { buffer.writeField(Key.delegationToken, delegationToken) }
        if let timeout { buffer.writeField(Key.timeout, integer: timeout.wholeMicroseconds) }
        if let trace {
            buffer.writeMultipleIntegers(Key.trace, UInt16(TraceContext.binaryCount))
            trace.write(into: &buffer)
        }
        if let idempotencyKey { buffer.writeField(Key.idempotencyKey, idempotencyKey) }
        if attempt > 0 { buffer.writeField(Key.attempt, integer: attempt) }
        if priority > 0 { buffer.writeField(Key.priority, integer: priority) }
    }

    package init(reading buffer: ByteBuffer) throws(FrameError) {
        var reader = TaggedFieldReader(buffer)
        var seen = SeenKeys()
        while let (key, value) = try reader.next() {
            // A second tenant could be read by one party and the first by another.
            guard seen.insert(key) else { throw .malformedMetadata }
            switch key {
            case Key.tenant:
                guard let id = TenantID(bytes: value.readableBytesView) else { throw .malformedMetadata }
                tenant = id
            case Key.principal: principal = try value.cleanText()
            case Key.delegationToken: delegationToken = try value.cleanText()
            case Key.timeout: timeout = .microseconds(Int64(clamping: try value.wholeInteger(UInt64.self)))
            case Key.trace:
                guard let context = TraceContext(reading: value) else { throw .malformedMetadata }
                trace = context
            case Key.idempotencyKey: idempotencyKey = try value.cleanText()
            case Key.attempt: attempt = try value.wholeInteger(UInt8.self)
            case Key.priority: priority = try value.wholeInteger(UInt8.self)
            default: break
            }
        }
    }

    /// Before it is written: what cannot be told within the limit.
    package var encodedSizeMax: Int {
        128 + [principal, delegationToken, idempotencyKey].reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }
}

extension Duration {
    /// Rounded down; 0 where it is negative.
    var wholeMicroseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (micros, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000)
        return overflow ? .max : micros &+ UInt64(attoseconds / 1_000_000_000_000)
    }
}
