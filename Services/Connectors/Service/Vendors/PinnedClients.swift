internal import AsyncHTTPClient
internal import ConnectorsCore
internal import NIOCore
internal import Synchronization

/// HTTP clients, each of which knows one name at one address. The address was checked when the name was resolved; a name that resolves
/// elsewhere a moment later cannot move the connection.
final class PinnedClients: Sendable {
    static let limit = 128

    private struct Entry {
        let key: String
        let client: HTTPClient
    }

    private let entries = Mutex<[Entry]>([])

    func client(for base: VendorURL, at address: IPAddress) -> HTTPClient {
        let key = "\(base.host)|\(address)"
        let (client, evicted) = entries.withLock { entries -> (HTTPClient, HTTPClient?) in
            if let index = entries.firstIndex(where: { $0.key == key }) {
                let entry = entries.remove(at: index)
                entries.append(entry)
                return (entry.client, nil)
            }
            let fresh = Self.make(base, address)
            entries.append(Entry(key: key, client: fresh))
            return (fresh, entries.count > Self.limit ? entries.removeFirst().client : nil)
        }
        evicted?.shutdown { _ in }
        return client
    }

    func close() async {
        let clients = entries.withLock { entries in
            defer { entries = [] }
            return entries.map(\.client)
        }
        for client in clients { try? await client.shutdown() }
    }

    private static func make(_ base: VendorURL, _ address: IPAddress) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        if base.literalAddress == nil { configuration.dnsOverride = [base.host: address.description] }
        // A connection that cannot be had is the caller's to try again: it knows whether that is safe.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}
