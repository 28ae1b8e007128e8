/// Headers that every answer carries. No inline script or style, no framing, nothing from elsewhere.
public enum SecurityHeaders {
    private static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// - Parameter isDevelopment: Plain HTTP on loopback, where a browser must not be told to insist on TLS.
    public static func all(isDevelopment: Bool) -> [(name: String, value: String)] {
        let always = [
            ("content-security-policy", contentSecurityPolicy), ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"), ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
        ]
        return isDevelopment ? always : always + [("strict-transport-security", "max-age=63072000; includeSubDomains")]
    }
}
