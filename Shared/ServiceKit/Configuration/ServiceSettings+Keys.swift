internal import FoundationEssentials
public import Trust

extension ServiceSettings {
    /// The key that seals this service's other keys: 64 hexadecimal digits in the file that is named.
    public func keyEncryptionKey(_ name: String) throws(ConfigError) -> KeyEncryptionKey {
        let path = try string(name)
        guard let content = try? Data(contentsOf: URL(filePath: path)) else { throw ConfigError(["settings.\(name) cannot be read: \(path)"]) }
        guard let key = KeyEncryptionKey(hexadecimal: Array(content)) else {
            throw ConfigError(["settings.\(name): \(path) must hold 32 bytes as 64 hexadecimal digits"])
        }
        return key
    }
}
