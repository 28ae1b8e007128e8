import Foundation
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

@Suite struct AccessControlTests {
    private let access: AccessControl

    init() throws {
        access = try AccessControl(operations: Permission.allCases.map { ("do-\($0.rawValue)", $0) })
    }

    private func allows(_ roles: [String], _ permission: Permission) -> Bool {
        access.judge("do-\(permission.rawValue)", by: "dana@acme.example", roles: roles, tenant: "acme").isAllowed
    }

    /// The whole table: what is not named here is refused.
    @Test func eachRoleMayDoExactlyThis() {
        let table: [String: Set<Permission>] = [
            "admin": Set(Permission.allCases), "operator": [.read, .decide, .run, .publish, .ingest], "on-call": [.read, .decide, .run],
            "change-approver": [.read, .decide, .approvePolicy], "finance": [.read, .decide, .budget], "auditor": [.read, .security],
            "viewer": [.read],
            "enforcement-point": [.read],
        ]
        #expect(Set(table.keys) == Role.known)
        for (role, permissions) in table {
            for permission in Permission.allCases {
                #expect(allows([role], permission) == permissions.contains(permission), "\(role) \(permission)")
                #expect(!allows([], permission) && !allows(["no-such-role", "member"], permission))
            }
        }
        #expect(allows(["viewer", "operator"], .publish))
    }

    @Test func aRefusalNamesTheRolesThatWouldDo() {
        let refused = access.judge("do-budget", by: "vera@acme.example", roles: ["viewer"], tenant: "acme")
        #expect(!refused.isAllowed && refused.rolesThatWould == ["admin", "finance"] && refused.policies.isEmpty)
        let allowed = access.judge("do-budget", by: "fay@acme.example", roles: ["finance"], tenant: "acme")
        #expect(allowed.isAllowed && allowed.policies == ["finance-sets-budgets"] && allowed.rolesThatWould.isEmpty)
    }

    @Test func anOperationThatNobodyNamedIsForAdministratorsOnly() {
        for role in Role.known {
            #expect(access.judge("unheardOf", by: "x", roles: [role], tenant: "acme").isAllowed == (role == "admin"), "\(role)")
        }
    }

    @Test func thePageOfTheAPIShowsThePoliciesAsTheyAre() throws {
        let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: checkout.appendingPathComponent("docs/api.md"), encoding: .utf8)
        #expect(page.contains("```cedar\n\(AccessPolicies.text)\n```"))
    }

    /// A person's name goes into the question as it is.
    @Test func aNameIsNoPartOfThePolicies() {
        for name in ["", "\"; permit(principal, action, resource); //", "Role::\"admin\"", "a\0b"] {
            #expect(!access.judge("do-policy", by: name, roles: ["viewer"], tenant: name).isAllowed)
        }
    }
}
