import COpenSSL
import Trust

@testable import RPC

/// A certificate as OpenSSL has it.
final class ParsedCertificate {
    let pointer: OpaquePointer

    init(certificate: IssuedCertificate) throws {
        let bytes = Array(certificate.certificatePEM.utf8)
        guard let bio = BIO_new(BIO_s_mem()) else { throw TLSError.closed }
        defer { BIO_free_all(bio) }
        BIO_write(bio, bytes, CInt(bytes.count))
        guard let read = PEM_read_bio_X509(bio, nil, nil, nil) else { throw TLSError.closed }
        pointer = read
    }

    deinit { X509_free(pointer) }
}
