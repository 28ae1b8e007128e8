/// Reads RE2's syntax (github.com/google/re2/wiki/Syntax). Recursion is bounded by ``depthMax``.
struct PatternParser {
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotTakesNewline = false
        var isUngreedy = false
    }

    static let depthMax = 100
    private static let repetitionMax = 1_000

    let source: [Unicode.Scalar]
    var index = 0
    var flags = Flags()
    private(set) var groups = 0
    private var depth = 0

    init(_ pattern: String) throws(CELEvaluationError) {
        source = Array(pattern.unicodeScalars)
        guard source.count <= RegularExpression.lengthMax else {
            throw CELEvaluationError(.limit, "a pattern has at most \(RegularExpression.lengthMax) characters", suggestion: "shorten it")
        }
    }

    mutating func tree() throws(CELEvaluationError) -> PatternNode {
        let node = try choice()
        guard current == nil else { throw malformed("a ) closes nothing") }
        return node
    }

    // MARK: Reading

    var current: Unicode.Scalar? { peek(0) }
    func peek(_ offset: Int) -> Unicode.Scalar? { index + offset < source.count ? source[index + offset] : nil }

    mutating func take(_ text: String) -> Bool {
        guard source[index...].starts(with: text.unicodeScalars) else { return false }
        index += text.unicodeScalars.count
        return true
    }

    func malformed(_ message: String, _ suggestion: String = "patterns are in RE2's syntax") -> CELEvaluationError {
        CELEvaluationError(.invalidArgument, "this pattern is malformed at its character \(index + 1): \(message)", suggestion: suggestion)
    }

    // MARK: Structure

    private mutating func choice() throws(CELEvaluationError) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else {
            throw CELEvaluationError(.limit, "a pattern is nested at most \(Self.depthMax) levels deep", suggestion: "simplify it")
        }
        // Flags that are set inside of a group end with it.
        let outer = flags
        defer { flags = outer }
        var choices = [try sequence()]
        while take("|") { choices.append(try sequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func sequence() throws(CELEvaluationError) -> PatternNode {
        var nodes: [PatternNode] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            if take("\\Q") {
                while current != nil, !take("\\E") { nodes.append(try quantified(.scalar(next(), ignoresCase: flags.ignoresCase))) }
                continue
            }
            guard let atom = try atom() else { continue }
            nodes.append(try quantified(atom))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    mutating func next() -> Unicode.Scalar {
        defer { index += 1 }
        return source[index]
    }

    private mutating func quantified(_ atom: PatternNode) throws(CELEvaluationError) -> PatternNode {
        guard let (least, most) = try quantifier() else { return atom }
        let isGreedy = take("?") == flags.isUngreedy
        if try quantifier() != nil { throw malformed("a repetition is repeated", "put the first into (?:…)") }
        return .repetition(atom, least: least, most: most, isGreedy: isGreedy)
    }

    private mutating func quantifier() throws(CELEvaluationError) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard current == "{" else { return nil }
        let start = index
        index += 1
        let least = number()
        var most = least
        if take(",") { most = number() }
        // Braces that are no repetition stand for themselves.
        guard let least, take("}") else {
            index = start
            return nil
        }
        guard least <= Self.repetitionMax, most ?? 0 <= Self.repetitionMax, most.map({ $0 >= least }) ?? true else {
            throw malformed("a repetition is from 0 to \(Self.repetitionMax)")
        }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = current, scalar.isDigit, (value ?? 0) <= 100_000 {
            value = (value ?? 0) * 10 + Int(scalar.value - 48)
            index += 1
        }
        return value
    }

    // MARK: Atoms

    /// Nil for flags, which are no atom.
    private mutating func atom() throws(CELEvaluationError) -> PatternNode? {
        switch next() {
        case "(": return try group()
        case "[": return .set(try bracketed())
        case ".": return .set(flags.dotTakesNewline ? .any : .notNewline)
        case "^": return flags.isMultiline ? .lineStart : .start
        case "$": return flags.isMultiline ? .lineEnd : .end
        case "\\": return try escape()
        case "*", "+", "?":
            index -= 1
            throw malformed("there is nothing to repeat", "write \\ before a * that stands for itself")
        case let scalar: return .scalar(scalar, ignoresCase: flags.ignoresCase)
        }
    }

    private mutating func group() throws(CELEvaluationError) -> PatternNode? {
        let opening = index
        var number: Int?
        if take("?P<") || take("?<") {
            try name()
            groups += 1
            number = groups
        } else if take("?") {
            // Flags that stand alone hold to the end of the group around them.
            guard try flagged() else { return nil }
            let inner = flags
            let node = try choice(with: inner)
            guard take(")") else { throw unclosed(opening) }
            return node
        } else {
            groups += 1
            number = groups
        }
        let node = try choice()
        guard take(")") else { throw unclosed(opening) }
        return number.map { .group(node, number: $0) } ?? node
    }

    private mutating func choice(with inner: Flags) throws(CELEvaluationError) -> PatternNode {
        let outer = outerFlags
        flags = inner
        defer { flags = outer }
        return try choice()
    }

    /// What holds after a group `(?i:…)`.
    private var outerFlags = Flags()

    private mutating func unclosed(_ opening: Int) -> CELEvaluationError {
        index = opening - 1
        return malformed("this ( is never closed")
    }

    private mutating func name() throws(CELEvaluationError) {
        let start = index
        while let scalar = current, scalar.isIdentifierStart || scalar.isDigit { _ = scalar; index += 1 }
        guard index > start, take(">") else { throw malformed("a group's name has letters, digits and _") }
    }

    /// True where a group follows, false where the flags stand alone.
    private mutating func flagged() throws(CELEvaluationError) -> Bool {
        outerFlags = flags
        var isSet = true
        var hasSign = false
        while true {
            guard current != nil else { throw malformed("a group is cut off") }
            switch next() {
            case "i": flags.ignoresCase = isSet
            case "m": flags.isMultiline = isSet
            case "s": flags.dotTakesNewline = isSet
            case "U": flags.isUngreedy = isSet
            case "-" where !hasSign: (isSet, hasSign) = (false, true)
            case ":": return true
            case ")": return false
            default:
                index -= 1
                throw malformed("this group is not known", "RE2 has no lookaround and no backreferences; groups are (…), (?:…) and (?P<name>…)")
            }
        }
    }
}
