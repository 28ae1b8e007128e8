import ArgumentParser
import FoundationEssentials
import Testing
import Trust

@testable import provable

@Suite struct PKIAuthorityTests {
    static let domain = "test.provable"

    /// A folder of its own for each test, removed at the end.
    func withFolder(_ body: (PKIFolder, PKIAuthority) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "pki-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = PKIFolder(path: path)
        try folder.prepare()
        try body(folder, PKIAuthority(folder: folder))
    }

    func options() throws -> PKILeafOptions { try PKILeafOptions.parse(["--validity", "24h"]) }

    @Test func whatIsGoodIsKeptAndWhatIsOldIsMadeAgain() throws {
        try withFolder { folder, authority in
            try authority.makeRoot(domain: Self.domain, validity: .seconds(86_400 * 30))
            let now = Date()
            #expect(try authority.issueIfNeeded("ledger", domain: Self.domain, options: options(), at: now) == .made)
            let first = try Certificate(pem: folder.read("ledger.pem"))
            #expect(first.spiffeID == "spiffe://test.provable/ledger" && first.dnsNames == ["localhost"])
            #expect(try authority.issueIfNeeded("ledger", domain: Self.domain, options: options(), at: now) == .kept)
            // With less than a third of its life left it is made anew.
            #expect(
                try authority.issueIfNeeded("ledger", domain: Self.domain, options: options(), at: now.addingTimeInterval(17 * 3600)) == .made)
            #expect(try Certificate(pem: folder.read("ledger.pem")).thumbprint != first.thumbprint)
            #expect(try authority.domain() == Self.domain)
        }
    }

    @Test func aNewRootIsTrustedBesideTheOldOne() throws {
        try withFolder { folder, authority in
            try authority.makeRoot(domain: Self.domain, validity: .seconds(86_400))
            try authority.issue("ledger", domain: Self.domain, options: options())
            let old = try Certificate(pem: folder.read("ledger.pem"))
            try authority.replaceRoot(domain: Self.domain, validity: .seconds(86_400))
            try authority.issue("ledger", domain: Self.domain, options: options())
            let roots = try PEMBlocks.split(folder.read(PKIFolder.rootCertificate)).map { try Certificate(pem: $0 + "\n") }
            #expect(roots.count == 2)
            #expect(try Certificate(pem: folder.read("ledger.pem")).isSigned(by: roots[0]))
            #expect(old.isSigned(by: roots[1]) && !old.isSigned(by: roots[0]))
            // The one before is gone after the next.
            try authority.replaceRoot(domain: Self.domain, validity: .seconds(86_400))
            let next = try PEMBlocks.split(folder.read(PKIFolder.rootCertificate)).map { try Certificate(pem: $0 + "\n") }
            #expect(next.count == 2 && !next.contains { old.isSigned(by: $0) })
        }
    }

    @Test func signingKeysAreNeverReplaced() throws {
        try withFolder { folder, authority in
            #expect(try authority.makeSigningKeyIfNeeded("ledger") == .made)
            let key = try folder.read("signing/ledger.key")
            #expect(try authority.makeSigningKeyIfNeeded("ledger") == .kept)
            #expect(try folder.read("signing/ledger.key") == key)
            let published = try ES256PublicKey(pem: folder.read("signing/ledger.pub"))
            #expect(try published.keyID == ES256PrivateKey(pem: key).keyID)
        }
    }

    @Test func keysAreReadableByTheirOwnerOnly() throws {
        try withFolder { folder, authority in
            try authority.makeRoot(domain: Self.domain, validity: .seconds(86_400))
            try authority.issue("ledger", domain: Self.domain, options: options())
            for name in [PKIFolder.rootKey, "ledger.key"] {
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
        }
    }

    @Test(arguments: [("90m", 5400), ("24h", 86_400), ("30d", 2_592_000)])
    func aValidityIsReadAsItIsWritten(_ text: String, _ seconds: Int) {
        #expect(Validity(argument: text)?.duration == .seconds(seconds))
    }

    @Test(arguments: ["", "h", "0h", "-1h", "1", "1w", "99999999999999999999h", "200000d", "1.5h"])
    func aWrongValidityIsRefused(_ text: String) {
        #expect(Validity(argument: text) == nil)
    }
}
