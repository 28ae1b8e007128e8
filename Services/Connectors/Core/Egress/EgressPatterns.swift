/// A host name, or `*.` and a domain for all names below it.
package struct HostPattern: Sendable, Hashable {
    package let text: String
    package init(_ text: String) { self.text = text }

    func matches(_ host: String) -> Bool {
        guard text.hasPrefix("*.") else { return host == text }
        return host.hasSuffix(text.dropFirst()) && host.utf8.count > text.utf8.count - 1
    }
}

/// A path whose segments are fixed or `*` for exactly one that is not empty.
package struct PathPattern: Sendable, Hashable {
    package let text: String
    private let segments: [Substring]

    package init(_ text: String) {
        self.text = text
        segments = text.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// - Parameter path: Percent-encoded, without a query.
    func matches(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == segments.count
            && zip(parts, segments).allSatisfy { part, segment in segment == "*" ? Self.isOneSegment(part) : part == segment }
    }

    private static func isOneSegment(_ part: Substring) -> Bool {
        let plain = part.lowercased()
        // Some servers decode before they resolve dots or slashes.
        return !part.isEmpty && ![".", "..", "%2e", "%2e%2e", ".%2e", "%2e."].contains(plain) && !plain.contains("%2f") && !plain.contains("%5c")
    }
}
