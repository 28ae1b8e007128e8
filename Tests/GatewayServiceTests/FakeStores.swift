import Foundation
import GatewayCore
import Identity
import Synchronization
import Trust

@testable import GatewayService

enum People {
    static let acme = Tenant(
        id: TenantID(rawValue: UUID(uuidString: "0192f000-0000-7000-8000-000000000001")!), slug: "acme", name: "Acme", kind: "company")
    static let contoso = Tenant(
        id: TenantID(rawValue: UUID(uuidString: "0192f000-0000-7000-8000-000000000003")!), slug: "contoso", name: "Contoso", kind: "client")

    static let all = [
        Membership(tenant: acme, email: "dana@acme.example", name: "Dana", roles: ["admin"]),
        Membership(tenant: contoso, email: "dana@acme.example", name: "Dana", roles: ["viewer"]),
        Membership(tenant: acme, email: "omar@acme.example", name: "Omar", roles: ["operator"]),
        Membership(tenant: acme, email: "vera@acme.example", name: "Vera", roles: ["viewer"]),
    ]
}

struct FakeDirectory: DirectoryStore {
    func tenant(slug: String) async throws -> Tenant? { [People.acme, People.contoso].first { $0.slug == slug } }
    func memberships(of email: String) async throws -> [Membership] { People.all.filter { $0.email == email } }
    func members(of tenant: TenantID) async throws -> [Membership] { People.all.filter { $0.tenant.id == tenant } }
    func everyMembership() async throws -> [Membership] { People.all }
}

final class FakeSessions: SessionStore {
    private let sessions = Mutex<[SessionToken: Session]>([:])

    func begin(email: String, slug: String) async throws -> Session? {
        let all = try await FakeDirectory().memberships(of: email)
        guard let membership = all.first(where: { $0.tenant.slug == slug }) else { return nil }
        let token = SessionToken(random: SecureRandom.bytes(SessionToken.byteCount))
        let session = Session(token: token, membership: membership, all: all, expires: Date(timeIntervalSince1970: 2_000_000_000))
        sessions.withLock { $0[token] = session }
        return session
    }

    func session(_ token: SessionToken) async throws -> Session? { sessions.withLock { $0[token] } }
    func end(_ token: SessionToken) async throws { sessions.withLock { $0[token] = nil } }
}

final class FakeIdempotency: IdempotencyStore {
    private let answers = Mutex<[String: (SHA256Digest, StoredAnswer?)]>([:])

    var keys: [String] { answers.withLock { $0.keys.sorted() } }

    func begin(key: String, request: SHA256Digest, session: Session) async throws -> StoredAnswer? {
        try answers.withLock { answers in
            let place = "\(session.tenant)|\(session.principal)|\(key)"
            guard let known = answers[place] else {
                answers[place] = (request, nil)
                return nil
            }
            guard known.0 == request else { throw Problem(422, code: "IDEMPOTENCY_KEY_REUSED", title: "") }
            guard let answer = known.1 else { throw Problem(409, code: "IDEMPOTENCY_IN_PROGRESS", title: "") }
            return answer
        }
    }

    func finish(key: String, _ answer: StoredAnswer, session: Session) async throws {
        answers.withLock { $0["\(session.tenant)|\(session.principal)|\(key)"]?.1 = answer }
    }

    func abandon(key: String, session: Session) async throws {
        answers.withLock { $0["\(session.tenant)|\(session.principal)|\(key)"] = nil }
    }
}
