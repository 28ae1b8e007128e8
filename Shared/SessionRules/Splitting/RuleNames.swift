/// Names conditions by what they mean, so that the same condition has the same name in every text: what was logged of a decision still
/// says what it said when it is replayed under other policies.
struct RuleNames {
    private var texts: [String: String] = [:]

    mutating func name(of formula: Formula) -> String {
        let text = CanonicalFormula.text(of: formula)
        let name = "r" + String(Self.digest(text), radix: 36)
        var candidate = name
        var others = 1
        // Two conditions of one digest are told apart within a text.
        while let known = texts[candidate], known != text {
            others += 1
            candidate = "\(name)_\(others)"
        }
        texts[candidate] = text
        return candidate
    }

    /// FNV-1a: nothing but a short name depends on it.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
