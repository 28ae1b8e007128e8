public import Trust

/// An opaque session id: the browser holds it, the database holds only its digest.
public struct SessionToken: Hashable, Sendable {
    public static let cookieName = "provable_session"
    public static let byteCount = 32

    public let text: String

    /// From 32 random bytes.
    public init(random: [UInt8]) { text = Base64.encodeURL(random) }

    /// Nil unless it could be one of ours.
    public init?(text: some StringProtocol) {
        guard Base64.decodeURL(String(text))?.count == Self.byteCount else { return nil }
        self.text = String(text)
    }

    public var digest: SHA256Digest { SHA256Digest(hashing: Array("session|\(text)".utf8)) }

    /// Derived from the session, so that it needs no storage and dies with it.
    public var csrfToken: String { Base64.encodeURL(SHA256Digest(hashing: Array("csrf|\(text)".utf8)).bytes) }

    public func accepts(csrf: String) -> Bool { constantTimeEquals(Array(csrf.utf8), Array(csrfToken.utf8)) }

    /// The token in a `Cookie` header.
    public static func from(cookieHeader: String) -> SessionToken? {
        for pair in cookieHeader.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].filter({ $0 != " " }) == cookieName else { continue }
            return SessionToken(text: parts[1].filter { $0 != " " })
        }
        return nil
    }

    /// The token in an `Authorization` header (RFC 6750): what programs send, which have no cookies.
    public static func from(authorizationHeader: String) -> SessionToken? {
        let parts = authorizationHeader.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return SessionToken(text: parts[1].filter { $0 != " " })
    }

    public func setCookie(lifetimeSeconds: Int, isSecure: Bool) -> String {
        "\(Self.cookieName)=\(text); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(lifetimeSeconds)" + (isSecure ? "; Secure" : "")
    }

    public static func clearCookie(isSecure: Bool) -> String {
        "\(cookieName)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0" + (isSecure ? "; Secure" : "")
    }
}
