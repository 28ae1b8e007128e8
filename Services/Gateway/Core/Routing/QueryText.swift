/// The query of a URL as names and values (`application/x-www-form-urlencoded`).
public enum QueryText {
    /// Members without a value are left out: `?state=` asks for nothing.
    public static func members(of query: some StringProtocol) throws(Problem) -> [String: String] {
        var members: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentText.decode(halves[0], plusIsSpace: true) else { throw unreadable("query") }
            guard let value = PercentText.decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true) else { throw unreadable(name) }
            guard members[name] == nil else { throw .invalid(name, "is given twice", fix: "send it once") }
            if !value.isEmpty { members[name] = value }
        }
        return members
    }

    private static func unreadable(_ name: String) -> Problem {
        .invalid(name, "is not valid UTF-8, or has a control character", fix: "send percent-encoded UTF-8")
    }
}
