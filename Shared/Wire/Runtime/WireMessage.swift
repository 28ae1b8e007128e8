public import CProtobufC
public import NIOCore

/// A value that travels as a protobuf message.
///
/// Conformances are generated: each message is a Swift value, and the bytes are read and written by protobuf-c through an
/// arena that lives as long as one call. No C pointer leaves this module and the generated code.
public protocol WireMessage: Sendable, Hashable {
    /// What the pre-scan checks bytes against.
    static var schema: WireSchema { get }

    /// Every field at its proto3 default.
    init()

    /// Nil where protobuf-c refuses the bytes or the arena's cap is reached. The bytes must have passed the pre-scan.
    init?(unpacking bytes: UnsafeRawBufferPointer, in arena: borrowing WireArena)

    /// Builds the protobuf-c form, and returns a pointer to its `ProtobufCMessage`; valid as long as the arena.
    func place(in arena: borrowing WireArena) -> UnsafeRawPointer

    // Written once below, and made anew for each message where it conforms: what is generic over messages would copy each of them,
    // field by field, on its way out.
    init(decoding buffer: ByteBuffer, limits: WireLimits) throws(WireError)
    init(decodingBytes bytes: [UInt8], limits: WireLimits) throws(WireError)
    func encode(into buffer: inout ByteBuffer)
    func encodedBytes() -> [UInt8]
}

extension WireMessage {
    /// For example `provable.ledger.v1.AppendRequest`.
    public static var fullName: String { schema.name }

    public init(decoding buffer: ByteBuffer) throws(WireError) {
        try self.init(decoding: buffer, limits: .standard)
    }

    public init(decodingBytes bytes: [UInt8]) throws(WireError) {
        try self.init(decodingBytes: bytes, limits: .standard)
    }

    @inlinable
    public init(decoding buffer: ByteBuffer, limits: WireLimits) throws(WireError) {
        var made: Self?
        let error = buffer.withUnsafeReadableBytes { Self.decode($0, limits: limits, into: &made) }
        self = try Self.taken(&made, error)
    }

    @inlinable
    public init(decodingBytes bytes: [UInt8], limits: WireLimits) throws(WireError) {
        var made: Self?
        let error = bytes.withUnsafeBytes { Self.decode($0, limits: limits, into: &made) }
        self = try Self.taken(&made, error)
    }

    /// Into a place of the caller's: a message that is returned through several hands is copied, field by field, in each.
    @inlinable
    static func decode(_ bytes: UnsafeRawBufferPointer, limits: WireLimits, into made: inout Self?) -> WireError? {
        do throws(WireError) {
            try schema.scan(bytes, limits: limits)
        } catch {
            return error
        }
        // An empty message has no storage to point at, and protobuf-c would have nothing to read.
        guard !bytes.isEmpty else {
            made = Self()
            return nil
        }
        // Structs, pointers and strings of a usual message take about three times its bytes.
        let arena = WireArena(cap: limits.arenaBytesMax, firstChunk: min(max(bytes.count * 3, 800), 64 << 10))
        made = Self(unpacking: bytes, in: arena)
        if case .none = made { return WireError(arena.isExhausted ? .memory : .malformed, at: fullName) }
        return nil
    }

    @inlinable
    static func taken(_ made: inout Self?, _ error: WireError?) throws(WireError) -> Self {
        guard let message = made.take() else { throw error ?? WireError(.malformed, at: fullName) }
        return message
    }

    @inlinable
    public func encode(into buffer: inout ByteBuffer) {
        withPackable { size, pack in
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { target in
                // SAFETY: protobuf-c writes exactly the packed size, which is reserved here.
                pack(target.baseAddress)
            }
        }
    }

    @inlinable
    public func encodedBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        withPackable { size, pack in
            bytes = [UInt8](unsafeUninitializedCapacity: size) { target, count in
                count = pack(UnsafeMutableRawPointer(target.baseAddress))
            }
        }
        return bytes
    }

    /// Hands out the exact size and a function that packs that many bytes in place.
    @inlinable
    func withPackable(_ body: (_ size: Int, _ pack: (UnsafeMutableRawPointer?) -> Int) -> Void) {
        let arena = WireArena(cap: .max, firstChunk: 800)
        let message = place(in: arena).assumingMemoryBound(to: ProtobufCMessage.self)
        let size = protobuf_c_message_get_packed_size(message)
        body(size) { target in
            guard size > 0, let target else { return 0 }
            return protobuf_c_message_pack(message, target.assumingMemoryBound(to: UInt8.self))
        }
    }
}
