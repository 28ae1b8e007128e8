import FoundationEssentials
import Testing

@testable import Trust

@Suite struct CertificateTests {
    let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test func aLeafSaysWhoItIsAndWhoIssuedIt() throws {
        let root = try CertificateAuthority.createRoot(commonName: "Development root", validity: .seconds(86_400 * 30), at: now)
        let issued = try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://provable.test/flow-engine", dnsNames: ["localhost", "flow-engine.svc"], ipAddresses: ["127.0.0.1", "::1"],
            root: root, validity: .seconds(86_400), at: now)
        let leaf = try Certificate(pem: issued.certificatePEM)
        let authority = try Certificate(pem: root.certificatePEM)
        #expect(leaf.spiffeID == "spiffe://provable.test/flow-engine" && leaf.commonName == "flow-engine")
        #expect(leaf.dnsNames == ["localhost", "flow-engine.svc"])
        #expect(leaf.ipAddresses == ["127.0.0.1", "0:0:0:0:0:0:0:1"])
        #expect(leaf.notAfter == now.addingTimeInterval(86_400) && leaf.isValid(at: now) && !leaf.isValid(at: leaf.notAfter.addingTimeInterval(1)))
        #expect(leaf.isSigned(by: authority) && !authority.isSigned(by: leaf))
        #expect(authority.isSigned(by: authority) && authority.commonName == "Development root" && authority.spiffeID == nil)
        #expect(leaf.thumbprint != authority.thumbprint && leaf.thumbprint == SHA256Digest(hashing: leaf.der))
        #expect(try ES256PrivateKey(pem: issued.keyPEM.exposedText).keyID.count == 64)
    }

    @Test func anotherRootOfTheSameNameIsAnotherRoot() throws {
        let root = try CertificateAuthority.createRoot(commonName: "Root", validity: .seconds(3600))
        let impostor = try CertificateAuthority.createRoot(commonName: "Root", validity: .seconds(3600))
        let leaf = try CertificateAuthority.issueLeaf(
            spiffeID: "spiffe://provable.test/ledger", dnsNames: [], ipAddresses: [], root: impostor, validity: .seconds(60))
        #expect(try !Certificate(pem: leaf.certificatePEM).isSigned(by: Certificate(pem: root.certificatePEM)))
    }

    @Test(arguments: ["spiffe://a/b,URI:spiffe://a/gateway", "https://a/b", "spiffe://a/b\n", ""])
    func aNameCannotSmuggleAnother(spiffeID: String) throws {
        let root = try CertificateAuthority.createRoot(commonName: "Root", validity: .seconds(3600))
        #expect(throws: TrustError.self) {
            try CertificateAuthority.issueLeaf(spiffeID: spiffeID, dnsNames: [], ipAddresses: [], root: root, validity: .seconds(60))
        }
    }
}
