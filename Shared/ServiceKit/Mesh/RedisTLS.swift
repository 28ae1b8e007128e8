internal import RPC
internal import Redis

/// Redis behind the mesh's own TLS handler: server authentication by an authority, the client by its ACL user.
enum RedisTLS {
    /// The context is built anew for each connection, so that a replaced authority counts from the next one on. A host that is an
    /// address is held against the certificate's addresses, any other against its names.
    static func apply(authority path: String, to configuration: inout RedisConfiguration) {
        let host = configuration.host
        let isAddress = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        let expectation: PeerExpectation = isAddress ? .ipAddress(host) : .dnsName(host)
        configuration.transportHandlers = {
            let context = try TLSContext(
                certificatePEM: nil, keyPEM: nil, caPEM: try PEMFile.text(path), role: .client, applicationProtocol: nil)
            return [try TLSHandler(context: context, expecting: expectation)]
        }
    }
}
