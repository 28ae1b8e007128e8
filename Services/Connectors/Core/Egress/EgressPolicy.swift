/// What one line of a manifest's allow-list lets out.
package struct EgressRule: Sendable, Hashable {
    package var hosts: [HostPattern]
    package var ports: Set<Int>
    package var methods: Set<String>
    package var paths: [PathPattern]

    package init(hosts: [HostPattern], ports: Set<Int> = [443], methods: Set<String>, paths: [PathPattern]) {
        self.hosts = hosts
        self.ports = ports
        self.methods = methods
        self.paths = paths
    }
}

package struct EgressRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// Decides where a connector may connect to. What no rule allows is refused.
package struct EgressPolicy: Sendable {
    private let rules: [EgressRule]
    /// `host:port` of stand-ins on the operator's own machine: the only way to plain HTTP and to private addresses.
    private let development: Set<String>

    package init(rules: [EgressRule], development: Set<String>) {
        self.rules = rules
        self.development = development
    }

    package var hosts: [String] { rules.flatMap(\.hosts).map(\.text).uniqued() }

    /// Whether a connection may have this address at all.
    package func check(base: VendorURL) throws(EgressRefusal) {
        if isDevelopment(base) { return }
        guard base.scheme == .https else { throw EgressRefusal("\(base) is not https") }
        guard rules.contains(where: { $0.allows(base) }) else {
            throw EgressRefusal("\(base.host):\(base.port) is not among the hosts that this connector may reach: \(hosts.joined(separator: ", "))")
        }
        if let address = base.literalAddress { try check(addresses: [address], of: base) }
    }

    package func check(_ request: RenderedRequest, base: VendorURL) throws(EgressRefusal) {
        try check(base: base)
        let isDevelopment = isDevelopment(base)
        let isAllowed = rules.contains { rule in
            (isDevelopment || rule.allows(base)) && rule.methods.contains(request.method) && rule.paths.contains { $0.matches(request.path) }
        }
        guard isAllowed else { throw EgressRefusal("\(request.method) \(request.path) is not among what this connector may ask of \(base.host)") }
    }

    /// Every address a name resolves to must be public: one private one among them is how rebinding begins. The connection is then made
    /// to one of these addresses and not to the name.
    package func check(addresses: [IPAddress], of base: VendorURL) throws(EgressRefusal) {
        guard !addresses.isEmpty else { throw EgressRefusal("\(base.host) has no address") }
        if isDevelopment(base) { return }
        if let address = addresses.first(where: { !$0.isPublic }) {
            throw EgressRefusal("\(base.host) is at \(address), which is not a public address")
        }
    }

    private func isDevelopment(_ base: VendorURL) -> Bool { development.contains("\(base.host):\(base.port)") }
}

extension EgressRule {
    fileprivate func allows(_ base: VendorURL) -> Bool { ports.contains(base.port) && hosts.contains { $0.matches(base.host) } }
}

extension Sequence where Element: Hashable {
    /// The first of each, in order.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
