internal import NIOPosix

#if canImport(Glibc)
    internal import Glibc
#endif

/// Finds the addresses behind a name: of a headless service, one for each of its instances.
package protocol NameLookup: Sendable {
    /// Numeric addresses.
    func addresses(of host: String) async throws(NameUnresolved) -> [String]
}

package struct NameUnresolved: Error {
    package let host: String
    package let problem: String

    package init(host: String, problem: String) {
        self.host = host
        self.problem = problem
    }
}

/// The system's own resolver, on threads of its own since it blocks.
package struct SystemNameLookup: NameLookup {
    package init() {}

    package func addresses(of host: String) async throws(NameUnresolved) -> [String] {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try Self.resolve(host) }
        } catch let error as NameUnresolved {
            throw error
        } catch {
            throw NameUnresolved(host: host, problem: "\(error)")
        }
    }

    private static func resolve(_ host: String) throws -> [String] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else { throw NameUnresolved(host: host, problem: String(cString: gai_strerror(status))) }
        defer { freeaddrinfo(list) }
        var found: [Int32: [String]] = [:]
        var next = list
        while let entry = next?.pointee {
            if let text = numeric(entry), found[entry.ai_family]?.contains(text) != true { found[entry.ai_family, default: []].append(text) }
            next = entry.ai_next
        }
        // One family: with both, a server that has both would be counted twice.
        return found[AF_INET] ?? found[AF_INET6] ?? []
    }

    private static func numeric(_ entry: addrinfo) -> String? {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
        guard status == 0 else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
