internal import COpenSSL

/// ALPN on the server's side (RFC 7301): the mesh's protocol or nothing.
enum ApplicationProtocol {
    /// The one protocol, at an address that outlives every connection, since OpenSSL keeps the pointer that it is given.
    ///
    /// SAFETY: written once here and never freed or changed.
    nonisolated(unsafe) private static let name: UnsafeBufferPointer<UInt8> = {
        let bytes = Array(TLSContext.meshProtocol.utf8)
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = memory.initialize(from: bytes)
        return UnsafeBufferPointer(memory)
    }()

    /// SAFETY: `offered` and `length` describe memory that OpenSSL owns during the call; every index is checked against `length`.
    static let select:
        @convention(c) (
            OpaquePointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?, UnsafePointer<UInt8>?,
            CUnsignedInt, UnsafeMutableRawPointer?
        ) -> CInt = { _, chosen, chosenLength, offered, length, _ in
            guard let chosen, let chosenLength, let offered else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            let list = UnsafeBufferPointer(start: offered, count: Int(length))
            var offset = 0
            while offset < list.count {
                let count = Int(list[offset])
                guard offset + 1 + count <= list.count else { break }
                if list[(offset + 1)..<(offset + 1 + count)].elementsEqual(name) {
                    chosen.pointee = name.baseAddress
                    chosenLength.pointee = UInt8(name.count)
                    return SSL_TLSEXT_ERR_OK
                }
                offset += 1 + count
            }
            return SSL_TLSEXT_ERR_ALERT_FATAL
        }
}
