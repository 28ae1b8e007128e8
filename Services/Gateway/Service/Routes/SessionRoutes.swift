internal import FoundationEssentials
internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON

/// Sign-in by the development provider, and the session itself.
struct SessionRoutes: Sendable {
    let sessions: any SessionStore
    let directory: any DirectoryStore
    let environment: String

    private var isDevelopment: Bool { environment == "development" }

    var endpoints: [Endpoint] {
        (isDevelopment ? [people, signIn] : []) + [current, switchTenant, signOut]
    }

    private var people: Endpoint {
        Endpoint(
            "listDevPeople", .get, "/v1/auth/dev/people", "Who can sign in here; development only", .open,
            answer: .object(name: "DevPeople", [Shape.Field("items", .list(Shapes.person))])
        ) { _ in
            let all = Dictionary(grouping: try await directory.everyMembership(), by: \.email)
            let items = all.values.sorted { $0[0].email < $1[0].email }.map { places -> JSONValue in
                ["email": .string(places[0].email), "name": .string(places[0].name), "tenants": .array(places.map(Self.place))]
            }
            return .json(["items": .array(items)])
        }
    }

    private var signIn: Endpoint {
        Endpoint(
            "signInDev", .post, "/v1/auth/dev/sign-in", "Sign in without a password; development only", .open, rate: .signIn,
            body: .object(name: "SignIn", [Shape.Field("email", .text(maximum: 254)), Shape.Field("tenant", .text(maximum: 64))]),
            answer: Shapes.session
        ) { exchange in
            let email = exchange.body["email"]?.stringValue ?? ""
            let slug = exchange.body["tenant"]?.stringValue ?? ""
            guard let session = try await sessions.begin(email: email, slug: slug) else {
                throw Problem(401, code: "SIGN_IN_REFUSED", title: "There is no such member of this tenant")
            }
            return reply(session, isNew: true)
        }
    }

    private var current: Endpoint {
        Endpoint("getSession", .get, "/v1/session", "Who is signed in, and where", .member, answer: Shapes.session) { exchange in
            reply(try exchange.requireSession(), isNew: false)
        }
    }

    private var switchTenant: Endpoint {
        Endpoint(
            "switchTenant", .post, "/v1/session/tenant", "Act in another tenant that the person is a member of", .member, write: .checked,
            body: .object(name: "TenantSwitch", [Shape.Field("tenant", .text(maximum: 64), "Its slug.")]), answer: Shapes.session
        ) { exchange in
            let session = try exchange.requireSession()
            guard let next = try await sessions.begin(email: session.principal, slug: exchange.body["tenant"]?.stringValue ?? "") else {
                throw Problem(403, code: "NOT_A_MEMBER", title: "You are no member of this tenant")
            }
            try await sessions.end(session.token)
            return reply(next, isNew: true)
        }
    }

    private var signOut: Endpoint {
        Endpoint("signOut", .delete, "/v1/session", "Sign out", .member, write: .checked, answer: nil, status: 204) { exchange in
            try await sessions.end(try exchange.requireSession().token)
            return .empty(headers: [HTTPField(name: .setCookie, value: SessionToken.clearCookie(isSecure: !isDevelopment))])
        }
    }

    private func reply(_ session: Session, isNew: Bool) -> Reply {
        let tenant = session.membership.tenant
        let parent = session.all.first { $0.tenant.id == tenant.parent }?.tenant.slug
        let json: JSONValue = [
            "principal": .string(session.principal), "name": .string(session.membership.name),
            "tenant": [
                "id": .string(tenant.id.description), "slug": .string(tenant.slug), "name": .string(tenant.name), "kind": .string(tenant.kind),
                "parent_slug": parent.map { .string($0) } ?? .null,
            ],
            "tenants": .array(session.all.map(Self.place)), "roles": .texts(session.roles), "csrf_token": .string(session.token.csrfToken),
            "environment": .string(environment), "expires_at": .time(Int64(session.expires.timeIntervalSince1970 * 1_000_000)),
        ]
        let cookie = HTTPField(
            name: .setCookie, value: session.token.setCookie(lifetimeSeconds: Session.lifetimeSeconds, isSecure: !isDevelopment))
        return .json(json, headers: isNew ? [cookie] : [])
    }

    private static func place(_ membership: Membership) -> JSONValue {
        [
            "slug": .string(membership.tenant.slug), "name": .string(membership.tenant.name), "kind": .string(membership.tenant.kind),
            "roles": .texts(membership.roles),
        ]
    }
}
