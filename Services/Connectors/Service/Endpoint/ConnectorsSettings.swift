internal import ConnectorsCore
internal import FoundationEssentials
internal import ServiceKit
internal import Trust

/// The section `settings` of the service's configuration.
struct ConnectorsSettings: Sendable {
    /// Wraps the tenants' keys: 64 hexadecimal digits in the file `kek_file`.
    let wrappingKey: KeyEncryptionKey
    /// `host:port` of stand-ins for vendors, reached without TLS and at private addresses: `stubs_url`, and only with `allow_loopback`.
    let developmentAddresses: Set<String>

    init(_ settings: ServiceSettings) throws {
        let path = try settings.string("kek_file")
        guard let content = try? Data(contentsOf: URL(filePath: path)) else { throw ConfigError(["settings.kek_file cannot be read: \(path)"]) }
        guard let key = KeyEncryptionKey(fileContent: Array(content)) else {
            throw ConfigError(["settings.kek_file must hold 32 bytes as 64 hexadecimal digits"])
        }
        wrappingKey = key
        developmentAddresses = try Self.development(settings)
    }

    private static func development(_ settings: ServiceSettings) throws -> Set<String> {
        guard try settings.bool("allow_loopback", default: false) else { return [] }
        let text = try settings.string("stubs_url")
        do {
            let url = try VendorURL(text)
            return ["\(url.host):\(url.port)"]
        } catch { throw ConfigError(["settings.stubs_url \(error)"]) }
    }
}
