/// The address under which a vendor's API stands: `https://host[:port][/prefix]`. Everything else that a URL can hold is refused, since
/// two parsers that disagree about it are how allow-lists are passed by.
package struct VendorURL: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http
        case https
        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    package let scheme: Scheme
    /// Lower case; a name or a dotted IPv4 address.
    package let host: String
    package let port: Int
    /// Empty, or begins with a slash and ends without one.
    package let prefix: String

    package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
        init(_ description: String) { self.description = description }
    }

    package init(_ text: String) throws(Problem) {
        guard let separator = text.firstRange(of: "://"), let scheme = Scheme(rawValue: text[..<separator.lowerBound].lowercased()) else {
            throw Problem("must begin with https://")
        }
        let rest = text[separator.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash].split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(authority.count) else { throw Problem("must name a host and at most a port") }
        self.scheme = scheme
        host = try Self.checkedHost(authority[0])
        if authority.count == 2 {
            guard let port = UInt16(authority[1]), port > 0, String(port) == authority[1] else { throw Problem("has no valid port") }
            self.port = Int(port)
        } else {
            port = scheme.defaultPort
        }
        prefix = try Self.checkedPrefix(rest[slash...])
    }

    /// The address itself, where the host is one.
    package var literalAddress: IPAddress? { IPAddress(v4: host) }

    package var origin: String { "\(scheme.rawValue)://\(host)" + (port == scheme.defaultPort ? "" : ":\(port)") }
    package var description: String { origin + prefix }

    private static func checkedHost(_ text: Substring) throws(Problem) -> String {
        let host = text.lowercased()
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        let isName = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                && label.utf8.allSatisfy {
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                        || $0 == UInt8(ascii: "-")
                }
        }
        guard isName, host.utf8.count <= 253, let last = labels.last else { throw Problem("has no plain host name") }
        // A last label that begins with a digit is an address in one of its many spellings; only the plain one is read.
        guard last.first?.isNumber != true || IPAddress(v4: host) != nil else {
            throw Problem("has a host that is neither a name nor a plain IPv4 address")
        }
        return host
    }

    private static func checkedPrefix(_ text: Substring) throws(Problem) -> String {
        let segments = text.split(separator: "/")
        for segment in segments {
            let isPlain = segment.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~")].contains(byte)
            }
            guard isPlain, segment != ".", segment != ".." else { throw Problem("has a path that is not plain") }
        }
        return segments.map { "/\($0)" }.joined()
    }
}
