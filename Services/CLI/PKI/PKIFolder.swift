internal import FoundationEssentials

#if canImport(Glibc)
    internal import Glibc
#endif

/// The files of an authority. Each is written whole under another name and then renamed, so that a service that reloads
/// never reads half a certificate; keys are readable by their owner only.
struct PKIFolder {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let path: String

    static let rootCertificate = "ca.pem"
    static let rootKey = "ca.key"
    static let signingFolder = "signing"
    static let delegation = "delegation"

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func prepare() throws {
        let signing = file(Self.signingFolder)
        do {
            try FileManager.default.createDirectory(atPath: signing, withIntermediateDirectories: true)
        } catch {
            throw Failure(description: "cannot make the folder \(signing)")
        }
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    func read(_ name: String) throws -> String {
        guard let text = try? String(contentsOf: URL(filePath: file(name)), encoding: .utf8) else {
            throw Failure(description: "cannot read \(file(name))")
        }
        return text
    }

    func writePublic(_ text: String, to name: String) throws { try write(text, to: name, mode: 0o644) }
    func writeSecret(_ text: String, to name: String) throws { try write(text, to: name, mode: 0o600) }

    private func write(_ text: String, to name: String, mode: mode_t) throws {
        let temporary = file(name) + ".new"
        unlink(temporary)
        // The mode is given at creation: a key must not be readable even for a moment.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw Failure(description: "cannot write \(file(name)): \(Self.reason())") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(temporary, file(name)) == 0 else {
            throw Failure(description: "cannot write \(file(name)): \(Self.reason())")
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }

    /// Names of the leaf certificates that are here, in order.
    func leaves() throws -> [String] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
            throw Failure(description: "cannot read the folder \(path)")
        }
        return names.filter { $0.hasSuffix(".pem") && $0 != Self.rootCertificate }.map { String($0.dropLast(4)) }.sorted()
    }
}
