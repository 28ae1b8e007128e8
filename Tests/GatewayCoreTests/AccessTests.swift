import GatewayCore
import Testing
import Trust

@Suite struct SessionTokenTests {
    private let token = SessionToken(random: Array(0..<32))

    @Test func theCookieIsReadBack() {
        let cookie = token.setCookie(lifetimeSeconds: 60, isSecure: true)
        #expect(cookie.contains("; HttpOnly; SameSite=Strict; Max-Age=60; Secure"))
        #expect(SessionToken.from(cookieHeader: "a=b; \(SessionToken.cookieName)=\(token.text); c=d") == token)
    }

    @Test(arguments: ["", "provable_session", "provable_session=", "provable_session=short", "other=\(String(repeating: "A", count: 43))"])
    func otherCookiesAreNone(header: String) { #expect(SessionToken.from(cookieHeader: header) == nil) }

    @Test func whatIsStoredIsNotWhatSignsIn() {
        #expect(token.digest.bytes != Array(0..<32))
        #expect(!token.text.contains(token.digest.hex))
        #expect(token.csrfToken != token.text)
    }

    @Test func aTokenOfAnotherSessionIsNotAccepted() {
        #expect(token.accepts(csrf: token.csrfToken))
        #expect(!token.accepts(csrf: SessionToken(random: Array(1..<33)).csrfToken))
        #expect(!token.accepts(csrf: ""))
        #expect(!token.accepts(csrf: token.text))
    }
}

@Suite struct RoleTests {
    @Test func everyMemberReadsAndOnlySomeWrite() {
        for role in Role.known { #expect(Role.allows([role], .read)) }
        for permission in Permission.allCases where permission != .read {
            #expect(!Role.allows(["viewer"], permission), "\(permission)")
            #expect(Role.allows(["admin"], permission), "\(permission)")
            #expect(!Role.allows([], permission))
            #expect(!Role.allows(["no-such-role"], permission))
        }
        #expect(Role.allows(["auditor"], .security) && !Role.allows(["auditor"], .decide))
        #expect(Role.allows(["viewer", "operator"], .publish))
        #expect(!Role.allows(["operator"], .policy))
    }
}
