internal import COpenSSL
internal import NIOCore

/// Ciphertext on its way into a TLS connection and out of it.
final class RecordBuffers {
    var incoming = ByteBuffer()
    private(set) var outgoing = ByteBuffer()
    private var isTaken = false

    /// What waits to be taken.
    var outgoingBytes: Int { isTaken ? 0 : outgoing.readableBytes }

    func reserve(_ count: Int) {
        // The memory of what was taken is used again where it is on the network already.
        if isTaken { outgoing.clear(minimumCapacity: count) } else { outgoing.reserveCapacity(minimumWritableBytes: count) }
        isTaken = false
    }

    func append(_ bytes: UnsafeRawBufferPointer) -> Int {
        if isTaken { reserve(bytes.count) }
        return outgoing.writeBytes(bytes)
    }

    func take() -> ByteBuffer? {
        guard outgoingBytes > 0 else { return nil }
        isTaken = true
        return outgoing
    }
}

/// A BIO whose two ends are NIO's buffers: OpenSSL reads from what the network brought and writes to what the network gets, with no
/// memory of its own in between.
///
/// Invariants of the unsafe code here:
/// - The BIO's data is the ``RecordBuffers`` that the connection holds for as long as the SSL object, which owns the BIO.
/// - OpenSSL calls back only from within a call on that SSL object, on the connection's loop; nothing else touches the buffers then.
/// - The pointers that a callback gets are good for the length beside them, and are not kept.
enum RecordBIO {
    static func make(_ buffers: RecordBuffers) -> OpaquePointer? {
        guard let method, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, Unmanaged.passUnretained(buffers).toOpaque())
        BIO_set_init(bio, 1)
        return bio
    }

    /// SAFETY: made once, complete before it is shared, and never changed or freed afterwards.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        let index = BIO_get_new_index()
        guard index != -1, let method = BIO_meth_new(index | BIO_TYPE_SOURCE_SINK, "nio buffers") else { return nil }
        guard BIO_meth_set_read(method, read) == 1, BIO_meth_set_write(method, write) == 1, BIO_meth_set_ctrl(method, control) == 1 else {
            BIO_meth_free(method)
            return nil
        }
        return method
    }()

    private static let retryFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY

    private static func buffers(of bio: OpaquePointer?) -> RecordBuffers? {
        guard let bio, let data = BIO_get_data(bio) else { return nil }
        return Unmanaged<RecordBuffers>.fromOpaque(data).takeUnretainedValue()
    }

    private static let read: @convention(c) (OpaquePointer?, UnsafeMutablePointer<CChar>?, CInt) -> CInt = { bio, target, count in
        guard let buffers = buffers(of: bio), let target, count > 0 else { return 0 }
        BIO_clear_flags(bio, retryFlags)
        let copied = buffers.incoming.readWithUnsafeReadableBytes { bytes in
            let copied = min(bytes.count, Int(count))
            if copied > 0, let base = bytes.baseAddress { UnsafeMutableRawPointer(target).copyMemory(from: base, byteCount: copied) }
            return copied
        }
        // Given back at once: whoever reads from the network uses the memory again where nobody else holds it.
        if buffers.incoming.readableBytes == 0 { buffers.incoming = ByteBuffer() }
        guard copied > 0 else {
            // Nothing yet: more may come.
            BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY)
            return -1
        }
        return CInt(copied)
    }

    private static let write: @convention(c) (OpaquePointer?, UnsafePointer<CChar>?, CInt) -> CInt = { bio, source, count in
        guard let buffers = buffers(of: bio), let source, count > 0 else { return 0 }
        BIO_clear_flags(bio, retryFlags)
        return CInt(buffers.append(UnsafeRawBufferPointer(start: source, count: Int(count))))
    }

    /// Flushing is the handler's business; nothing else is asked of a BIO of this kind that a 0 would not answer.
    private static let control: @convention(c) (OpaquePointer?, CInt, CLong, UnsafeMutableRawPointer?) -> CLong = { _, command, _, _ in
        command == BIO_CTRL_FLUSH ? 1 : 0
    }
}
