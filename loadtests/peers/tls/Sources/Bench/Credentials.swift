internal import Foundation
internal import Trust

/// The certificates of one bench run, in a folder that both ends read.
struct Credentials: Sendable {
    let folder: String

    static func create(in folder: String) throws {
        let root = try CertificateAuthority.createRoot(commonName: "bench", validity: .seconds(7200))
        try write(root.certificatePEM, "\(folder)/root.pem")
        for name in ["gateway", "policy"] {
            let leaf = try CertificateAuthority.issueLeaf(
                spiffeID: "spiffe://provable.internal/\(name)", dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"], root: root,
                validity: .seconds(7200))
            try write(leaf.certificatePEM, "\(folder)/\(name).pem")
            try write(leaf.keyPEM.exposedText, "\(folder)/\(name).key")
        }
    }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
    func path(_ name: String) -> String { "\(folder)/\(name)" }

    private static func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }
}
