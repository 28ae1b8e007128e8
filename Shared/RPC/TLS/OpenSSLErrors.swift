internal import COpenSSL

/// The thread's OpenSSL error queue, drained: what stays in it would be blamed on the next call of this thread.
enum OpenSSLErrors {
    static func take() -> String {
        var reason: String?
        while true {
            let code = ERR_get_error()
            guard code != 0 else { break }
            if let text = ERR_reason_error_string(code) { reason = String(cString: text) }
        }
        return reason ?? "no reason given"
    }
}
