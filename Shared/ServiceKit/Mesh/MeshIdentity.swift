internal import FoundationEssentials
internal import RPC
internal import Trust

/// This service's certificate, key and trusted root, read from files and read again when they change.
final class MeshIdentity: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let server: TLSContextSource
    let client: TLSContextSource
    private let files: ServiceConfig.TLSFiles
    /// Of the files that were read when the service began.
    private let initial: FileStamps

    private static let interval = Duration.seconds(1)

    private struct Material {
        var certificate: String
        var key: String
        var authority: String
    }

    init(files: ServiceConfig.TLSFiles) throws {
        self.files = files
        // Before the reading: a change in between is noticed at the next look.
        initial = FileStamps(of: files)
        let material = try Self.read(files)
        server = TLSContextSource(try Self.context(material, .server, files))
        client = TLSContextSource(try Self.context(material, .client, files))
    }

    /// SHA-256 of the DER of the certificate that calls go out under from now on: delegation tokens are bound to it.
    func certificateThumbprint() throws -> [UInt8] {
        guard let thumbprint = client.current.certificateThumbprint else {
            throw Failure(description: "\(files.certificate) holds no certificate that can be read")
        }
        return thumbprint
    }

    /// New connections use the new files a second or two later; open ones finish the calls that they have. Files that cannot be used
    /// change nothing, and are told once, until they change or another thing is wrong with them.
    func watch(onChange: @Sendable () -> Void, onFailure: @Sendable (any Error) -> Void) async throws {
        var state = ReloadState(loaded: initial)
        while true {
            check(&state, onChange: onChange, onFailure: onFailure)
            try await Task.sleep(for: Self.interval)
        }
    }

    /// One look.
    func check(_ state: inout ReloadState, onChange: () -> Void, onFailure: (any Error) -> Void) {
        let stamps = FileStamps(of: files)
        guard state.mustLoad(stamps) else { return }
        do {
            try reload()
            state.loaded(stamps)
            onChange()
        } catch {
            if state.failed("\(error)") { onFailure(error) }
        }
    }

    private func reload() throws {
        let next = try Self.read(files)
        let certificate = try Certificate(pem: next.certificate)
        guard certificate.isValid(at: Date()) else {
            throw Failure(description: "\(files.certificate) is valid from \(certificate.notBefore) to \(certificate.notAfter)")
        }
        guard certificate.spiffeID == client.current.spiffeID else {
            throw Failure(
                description: "\(files.certificate) is of \(certificate.spiffeID ?? "no service"), not of \(client.current.spiffeID ?? "none")")
        }
        let server = try Self.context(next, .server, files)
        let client = try Self.context(next, .client, files)
        self.server.replace(with: server)
        self.client.replace(with: client)
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
