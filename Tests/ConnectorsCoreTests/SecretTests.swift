import Identity
import Testing
import Trust

@testable import ConnectorsCore

@Suite struct SecretEnvelopeTests {
    let tenant = TenantID.make()
    let key: TenantKey
    let place: SecretPlace

    init() {
        key = TenantKey(tenant: tenant, version: 1, key: Secret([UInt8](repeating: 7, count: 32)))
        place = SecretPlace(tenant: tenant, connector: "github", field: "token")
    }

    @Test func aSecretOpensWhereItWasSealed() throws {
        let sealed = try key.seal(Secret("ghp_x"), at: place)
        #expect(try key.open(sealed, at: place) == Secret("ghp_x"))
        #expect(!String(decoding: sealed, as: UTF8.self).contains("ghp_x"))
    }

    @Test func itOpensNowhereElse() throws {
        let sealed = try key.seal(Secret("ghp_x"), at: place)
        for other in [
            SecretPlace(tenant: tenant, connector: "slack", field: "token"),
            SecretPlace(tenant: tenant, connector: "github", field: "webhook_secret"),
        ] {
            #expect(throws: TrustError.self) { try key.open(sealed, at: other) }
        }
        let foreign = TenantID.make()
        let sameBytes = TenantKey(tenant: foreign, version: 1, key: Secret([UInt8](repeating: 7, count: 32)))
        #expect(throws: TrustError.self) { try sameBytes.open(sealed, at: SecretPlace(tenant: foreign, connector: "github", field: "token")) }
    }

    @Test func theAdditionalDataIsAsDocumented() {
        #expect(String(decoding: place.additionalData, as: UTF8.self) == "\(tenant)|github|token")
    }

    @Test func aTenantKeyIsBoundToItsTenantAndVersion() throws {
        let kek = try #require(KeyEncryptionKey(Secret([UInt8](repeating: 1, count: 32))))
        let wrapped = try key.wrapped(by: kek)
        let again = try TenantKey(unwrapping: wrapped, tenant: tenant, version: 1, by: kek)
        #expect(try again.open(try key.seal(Secret("s"), at: place), at: place) == Secret("s"))
        #expect(throws: TrustError.self) { try TenantKey(unwrapping: wrapped, tenant: tenant, version: 2, by: kek) }
        #expect(throws: TrustError.self) { try TenantKey(unwrapping: wrapped, tenant: TenantID.make(), version: 1, by: kek) }
        let other = try #require(KeyEncryptionKey(Secret([UInt8](repeating: 2, count: 32))))
        #expect(throws: TrustError.self) { try TenantKey(unwrapping: wrapped, tenant: tenant, version: 1, by: other) }
    }

    @Test func keyFilesHoldHexOrBytes() throws {
        let bytes = (0..<32).map { UInt8($0) }
        let hex = Array((Hexadecimal.encode(bytes) + "\n").utf8)
        #expect(KeyEncryptionKey(fileContent: hex)?.id == KeyEncryptionKey(fileContent: bytes)?.id)
        #expect(KeyEncryptionKey(fileContent: Array("short".utf8)) == nil)
        #expect(KeyEncryptionKey(fileContent: []) == nil)
    }
}
