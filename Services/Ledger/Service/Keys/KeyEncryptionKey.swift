internal import Foundation
internal import ServiceKit
internal import Trust

/// The key that wraps the logs' keys, kept outside Postgres and its backups.
enum KeyEncryptionKey {
    static func load(from path: String) throws -> Secret {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let bytes = Hexadecimal.decode(text.trimmingCharacters(in: .whitespacesAndNewlines)), bytes.count == AES256GCM.keyByteCount
        else { throw ConfigError(["settings.kek_file: \(path) must hold 32 bytes in hexadecimal"]) }
        return Secret(bytes)
    }
}
