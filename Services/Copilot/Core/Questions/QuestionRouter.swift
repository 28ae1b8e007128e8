internal import Identity

/// Routes a question by the words in it: deterministic, explained, and without a language model.
public struct QuestionRouter: Sendable {
    /// A longer question is cut, since nothing that can be answered needs more.
    public static let maximumLength = 2_000

    public init() {}

    public struct Routed: Hashable, Sendable {
        public var question: Question
        /// Why it was routed so, in words.
        public var reason: String
    }

    public func route(_ text: String) -> Routed {
        let words = Self.words(of: text)
        let run = Self.runReference(in: words)
        for rule in Self.rules {
            guard let matched = rule.match(words) else { continue }
            return Routed(question: rule.question(run ?? .current), reason: "the words \(Self.quoted(matched)) ask \(rule.asks)")
        }
        return Routed(question: .unknown, reason: "no known kind of question has these words")
    }

    private struct Rule: Sendable {
        /// One word of each group must occur.
        let groups: [Set<String>]
        let asks: String
        let question: @Sendable (RunReference) -> Question

        func match(_ words: [String]) -> [String]? {
            var matched: [String] = []
            for group in groups {
                guard let word = words.first(where: group.contains) else { return nil }
                matched.append(word)
            }
            return matched
        }
    }

    private static let rules: [Rule] = [
        Rule(
            groups: [["cost", "costs", "spend", "spent", "expensive", "price"]], asks: "what a run cost",
            question: { .runCost($0) }),
        Rule(
            groups: [["blocked", "denied", "refused", "stopped", "forbidden", "deny"]], asks: "what policy stopped today",
            question: { _ in .blockedToday }),
        Rule(
            groups: [["why", "what"], ["waiting", "wait", "waits", "stuck", "blocking", "pending", "paused"]],
            asks: "why a run does not move", question: { .whyWaiting($0) }),
    ]

    /// Lower-case words of letters, digits and hyphens.
    private static func words(of text: String) -> [String] {
        text.unicodeScalars.prefix(maximumLength)
            .split { !($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-") }
            .map { String(String.UnicodeScalarView($0)).lowercased() }
    }

    private static func runReference(in words: [String]) -> RunReference? {
        for word in words {
            if let id = RunID(word) { return .id(id) }
        }
        let isFragment = { (word: String) in
            (6...35).contains(word.utf8.count) && word.contains(where: \.isNumber)
                && word.allSatisfy { $0.isHexDigit || $0 == "-" }
        }
        return words.first(where: isFragment).map { .fragment($0) }
    }

    private static func quoted(_ words: [String]) -> String {
        words.map { "\"\($0)\"" }.joined(separator: " and ")
    }
}
