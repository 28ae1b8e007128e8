internal import ConnectorsCore
internal import Glibc
internal import NIOPosix

/// The addresses of a name, as the system knows them.
struct SystemResolver: Sendable {
    struct Unresolved: Error, CustomStringConvertible {
        let description: String
    }

    /// On threads of its own: `getaddrinfo` blocks.
    func addresses(of host: String) async throws -> [IPAddress] {
        try await NIOThreadPool.singleton.runIfActive { try Self.resolve(host) }
    }

    private static func resolve(_ host: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else { throw Unresolved(description: "\(host) cannot be resolved (\(status))") }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = entry.pointee.ai_addr.flatMap({ Self.address($0, length: entry.pointee.ai_addrlen) }), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    private static func address(_ pointer: UnsafeMutablePointer<sockaddr>, length: socklen_t) -> IPAddress? {
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { inner in
                withUnsafeBytes(of: inner.pointee.sin_addr) { IPAddress(bytes: Array($0)) }
            }
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { inner in
                withUnsafeBytes(of: inner.pointee.sin6_addr) { IPAddress(bytes: Array($0)) }
            }
        default: nil
        }
    }
}
