internal import Foundation
internal import Identity
internal import Receipts
internal import ServiceKit
internal import Trust

/// The public keys of the services that may sign receipts: `<service>.pub` files that the PKI wrote.
enum EmitterKeys {
    static func load(from directory: String) throws -> [TrustAnchors.ServiceKey] {
        var keys: [TrustAnchors.ServiceKey] = []
        for service in ServiceName.allCases where service != .cli {
            let path = "\(directory)/\(service.rawValue).pub"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let pem = try String(contentsOfFile: path, encoding: .utf8)
            keys.append(TrustAnchors.ServiceKey(service: service, key: try ES256PublicKey(pem: pem)))
        }
        guard !keys.isEmpty else { throw ConfigError(["settings.emitter_keys: \(directory) holds no <service>.pub; run `provable pki init`"]) }
        return keys
    }
}
