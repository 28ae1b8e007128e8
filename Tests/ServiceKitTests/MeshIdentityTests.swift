import FoundationEssentials
import Identity
import RPC
import TestKit
import Testing
import Trust

@testable import ServiceKit

/// Certificates that are replaced under a running service.
@Suite struct MeshIdentityTests {
    /// The files of one service, as `provable pki` writes them.
    final class Files {
        let folder = "/tmp/provable-test-\(UUIDv7.make().lowercased)"
        let root: IssuedCertificate

        init() throws {
            root = try CertificateAuthority.createRoot(commonName: "test", validity: .seconds(3600))
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try write(root.certificatePEM, "ca.pem")
            try put(try leaf())
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var paths: ServiceConfig.TLSFiles {
            .init(certificate: "\(folder)/x.pem", key: "\(folder)/x.key", authority: "\(folder)/ca.pem", trustDomain: "test.provable")
        }

        func leaf(of service: String = "ledger", validity: Duration = .seconds(600), at time: Date = Date()) throws -> IssuedCertificate {
            try CertificateAuthority.issueLeaf(
                spiffeID: "spiffe://test.provable/\(service)", dnsNames: [], ipAddresses: [], root: root, validity: validity, at: time)
        }

        /// Whole files, each renamed into its place.
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"), options: .atomic)
        }

        func put(_ leaf: IssuedCertificate) throws {
            try write(leaf.keyPEM.exposedText, "x.key")
            try write(leaf.certificatePEM, "x.pem")
        }
    }

    /// One identity that is looked at as its loop does, but when the test says.
    final class Watched {
        let identity: MeshIdentity
        private var state: ReloadState
        private(set) var changes = 0
        private(set) var failures: [String] = []

        init(_ files: Files) throws {
            identity = try MeshIdentity(files: files.paths)
            state = ReloadState(loaded: FileStamps(of: files.paths))
        }

        func look() { identity.check(&state, onChange: { changes += 1 }, onFailure: { failures.append("\($0)") }) }
    }

    func thumbprint(_ leaf: IssuedCertificate) throws -> [UInt8] { try Certificate(pem: leaf.certificatePEM).thumbprint.bytes }

    @Test func aReplacedCertificateIsTakenByBothEnds() throws {
        let files = try Files()
        let watched = try Watched(files)
        let before = try watched.identity.certificateThumbprint()
        watched.look()
        #expect(watched.changes == 0 && watched.failures.isEmpty, "nothing has changed")
        let next = try files.leaf()
        try files.put(next)
        // Tokens go on being bound to what connections present.
        #expect(try watched.identity.certificateThumbprint() == before)
        watched.look()
        #expect(watched.changes == 1 && watched.failures.isEmpty, "\(watched.failures)")
        #expect(try watched.identity.certificateThumbprint() == thumbprint(next))
        #expect(try watched.identity.server.current.certificateThumbprint == thumbprint(next))
        let taken = watched.identity.client.current
        watched.look()
        #expect(watched.changes == 1 && watched.identity.client.current === taken, "read again only where they changed")
    }

    @Test func aKeyWithoutItsCertificateIsToldOnceAndTriedAgain() throws {
        let files = try Files()
        let watched = try Watched(files)
        let before = try watched.identity.certificateThumbprint()
        let next = try files.leaf()
        try files.write(next.keyPEM.exposedText, "x.key")
        for _ in 0..<5 { watched.look() }
        #expect(watched.failures.count == 1 && watched.failures[0].contains("private key"), "\(watched.failures)")
        #expect(try watched.identity.certificateThumbprint() == before)
        try files.write(next.certificatePEM, "x.pem")
        watched.look()
        #expect(try watched.identity.certificateThumbprint() == thumbprint(next))
        #expect(watched.changes == 1 && watched.failures.count == 1)
    }

    @Test func filesThatCannotBeUsedChangeNothing() throws {
        let files = try Files()
        let watched = try Watched(files)
        let before = try watched.identity.certificateThumbprint()
        let steps: [(what: String, told: String, make: () throws -> Void)] = [
            ("another service's", "spiffe://test.provable/policy", { try files.put(try files.leaf(of: "policy")) }),
            ("expired", "is valid from", { try files.put(try files.leaf(validity: .seconds(60), at: Date(timeIntervalSinceNow: -3600))) }),
            ("no PEM", "certificate", { try files.write("nothing", "x.pem") }),
            ("no file", "cannot read", { try FileManager.default.removeItem(atPath: files.paths.certificate) }),
            (
                "no authority", "CA file holds no certificate",
                {
                    try files.put(try files.leaf())
                    try files.write("nothing", "ca.pem")
                }
            ),
        ]
        for (index, step) in steps.enumerated() {
            try step.make()
            watched.look()
            watched.look()
            #expect(watched.failures.count == index + 1, "\(step.what): \(watched.failures)")
            #expect(watched.failures.last?.contains(step.told) == true, "\(step.what): \(watched.failures)")
            #expect(try watched.identity.certificateThumbprint() == before, "\(step.what)")
        }
        try files.write(files.root.certificatePEM, "ca.pem")
        watched.look()
        #expect(watched.changes == 1, "\(watched.failures)")
    }

    @Test func aSecretThatIsLinkedElsewhereIsSeen() throws {
        // As a mounted secret changes: a link in the path is pointed at another folder.
        let files = try Files()
        let next = try files.leaf()
        let manager = FileManager.default
        for (name, leaf) in [("one", try files.leaf()), ("two", next)] {
            try manager.createDirectory(atPath: "\(files.folder)/\(name)", withIntermediateDirectories: true)
            try files.write(leaf.keyPEM.exposedText, "\(name)/x.key")
            try files.write(leaf.certificatePEM, "\(name)/x.pem")
            try files.write(files.root.certificatePEM, "\(name)/ca.pem")
        }
        let link = "\(files.folder)/data"
        try manager.createSymbolicLink(atPath: link, withDestinationPath: "\(files.folder)/one")
        let paths = ServiceConfig.TLSFiles(
            certificate: "\(link)/x.pem", key: "\(link)/x.key", authority: "\(link)/ca.pem", trustDomain: "test.provable")
        let identity = try MeshIdentity(files: paths)
        var state = ReloadState(loaded: FileStamps(of: paths))
        try manager.removeItem(atPath: link)
        try manager.createSymbolicLink(atPath: link, withDestinationPath: "\(files.folder)/two")
        var failure: (any Error)?
        identity.check(&state, onChange: {}, onFailure: { failure = $0 })
        #expect(try failure == nil && identity.certificateThumbprint() == thumbprint(next))
    }

    @Test func aFailureIsNewsOnlyOnce() {
        let one = FileStamps(paths: ["/"])
        let other = FileStamps(paths: ["/nowhere"])
        var state = ReloadState(loaded: one)
        #expect(one != other && !state.mustLoad(one) && state.mustLoad(other))
        let news = ["a", "a", "b", "a"].map { state.failed($0) }
        #expect(news == [true, false, true, true])
        #expect(state.mustLoad(one), "what failed is tried again")
        state.loaded(other)
        #expect(!state.mustLoad(other) && state.mustLoad(one))
        let isNews = state.failed("a")
        #expect(isNews, "after a success it is news again")
    }
}
