internal import COpenSSL

/// The thread's OpenSSL error queue as one typed error.
enum OpenSSLFailure {
    /// Takes the oldest error and empties the queue, so that a later call on this thread is not blamed for this one.
    static func take(_ operation: String) -> TrustError {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return .failed(operation: operation, detail: "no reason given") }
        return .failed(operation: operation, detail: String(cString: reason))
    }

    /// Most calls return 1 for success and 0 or a negative number for everything else.
    static func check(_ result: CInt, _ operation: String) throws(TrustError) {
        guard result == 1 else { throw take(operation) }
    }
}
