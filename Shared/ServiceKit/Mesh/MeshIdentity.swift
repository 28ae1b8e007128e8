internal import FoundationEssentials
internal import Identity
internal import RPC
internal import Trust

/// This service's certificate, key and trusted root, read from files and read again when they change.
final class MeshIdentity: Sendable {
    let server: TLSContextSource
    let client: TLSContextSource
    private let files: ServiceConfig.TLSFiles

    private struct Material: Equatable {
        var certificate: String
        var key: String
        var authority: String
    }

    init(files: ServiceConfig.TLSFiles) throws {
        self.files = files
        let material = try Self.read(files)
        server = TLSContextSource(try Self.context(material, .server, files))
        client = TLSContextSource(try Self.context(material, .client, files))
    }

    /// SHA-256 of the certificate's DER, to which delegation tokens are bound.
    func certificateThumbprint() throws -> [UInt8] { try Certificate(pem: try Self.read(files).certificate).thumbprint.bytes }

    /// New connections use the new files at most a minute later; open ones go on.
    func watch(onChange: @Sendable () -> Void, onFailure: @Sendable (any Error) -> Void) async throws {
        var current = try Self.read(files)
        while true {
            try await Task.sleep(for: .seconds(60))
            do {
                let next = try Self.read(files)
                guard next != current else { continue }
                server.replace(with: try Self.context(next, .server, files))
                client.replace(with: try Self.context(next, .client, files))
                current = next
                onChange()
            } catch { onFailure(error) }
        }
    }

    private static func context(_ material: Material, _ role: TLSContext.Role, _ files: ServiceConfig.TLSFiles) throws -> TLSContext {
        try TLSContext(
            certificatePEM: material.certificate, keyPEM: material.key, caPEM: material.authority, role: role,
            trustDomain: files.trustDomain)
    }

    private static func read(_ files: ServiceConfig.TLSFiles) throws -> Material {
        Material(
            certificate: try PEMFile.text(files.certificate), key: try PEMFile.text(files.key), authority: try PEMFile.text(files.authority))
    }
}

/// Reads small text files with an error that names the file.
enum PEMFile {
    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        var description: String { "cannot read \(path)" }
    }

    static func text(_ path: String) throws -> String {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else { throw Unreadable(path: path) }
        return text
    }
}
