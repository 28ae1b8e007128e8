/// A regular expression in RE2's syntax, which has no backreferences and no lookaround, so that matching costs at most the product of
/// the lengths of the pattern and the text.
struct RegularExpression: Sendable {
    let program: PatternProgram

    /// What a pattern may come to once its repetitions are written out.
    static let instructionsMax = 10_000
    static let lengthMax = 4_096

    init(_ pattern: String) throws(CELEvaluationError) {
        var parser = try PatternParser(pattern)
        let tree = try parser.tree()
        program = try PatternProgram(tree, groups: parser.groups)
    }

    /// Compiling is paid for.
    init(_ pattern: String, _ meter: inout Meter) throws(CELEvaluationError) {
        try meter.spend(pattern.utf8.count)
        try self.init(pattern)
        try meter.spend(program.instructions.count / 16)
    }

    /// Whether some part of the text fits.
    func matches(_ text: String, _ meter: inout Meter) throws(CELEvaluationError) -> Bool {
        var machine = PatternMachine(program, Array(text.unicodeScalars), capturing: false)
        return try machine.match(from: 0, &meter) != nil
    }
}

/// A pattern's tree.
indirect enum PatternNode: Sendable {
    case empty
    case scalar(Unicode.Scalar, ignoresCase: Bool)
    case set(PatternSet)
    case start, end, lineStart, lineEnd, wordBoundary, noWordBoundary
    case sequence([PatternNode])
    case choice([PatternNode])
    case repetition(PatternNode, least: Int, most: Int?, isGreedy: Bool)
    /// Numbered from 1.
    case group(PatternNode, number: Int)
}

/// Code points that one position may have.
struct PatternSet: Sendable {
    struct Category: Sendable {
        var categories: Set<Unicode.GeneralCategory>
        var isNegated: Bool
    }

    var ranges: [ClosedRange<UInt32>] = []
    var categories: [Category] = []
    var isNegated = false
    var ignoresCase = false

    static let digits = PatternSet(ranges: [48...57])
    static let spaces = PatternSet(ranges: [9...10, 12...13, 32...32])
    static let words = PatternSet(ranges: [48...57, 65...90, 95...95, 97...122])
    static let any = PatternSet(ranges: [0...0x10FFFF])
    static let notNewline = PatternSet(ranges: [10...10], isNegated: true)

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let found = ignoresCase ? CaseFolding.variants(of: scalar).contains(where: holds) : holds(scalar)
        return found != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
            || categories.contains { $0.categories.contains(scalar.properties.generalCategory) != $0.isNegated }
    }

    /// Those outside of the ranges; only for sets without categories.
    var complement: [ClosedRange<UInt32>] {
        var next: UInt32 = 0
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}

/// Simple case folding: one code point for one.
enum CaseFolding {
    static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        if scalar.value < 128 {
            switch scalar {
            case "k", "K": return ["k", "K", "\u{212A}"]
            case "s", "S": return ["s", "S", "\u{017F}"]
            case "a"..."z": return [scalar, Unicode.Scalar(UInt8(scalar.value - 32))]
            case "A"..."Z": return [scalar, Unicode.Scalar(UInt8(scalar.value + 32))]
            default: return [scalar]
            }
        }
        var variants = [scalar]
        for mapped in [lower(scalar), upper(scalar), lower(upper(scalar)), upper(lower(scalar))] where !variants.contains(mapped) {
            variants.append(mapped)
        }
        return variants
    }

    private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar { single(scalar.properties.lowercaseMapping) ?? scalar }
    private static func upper(_ scalar: Unicode.Scalar) -> Unicode.Scalar { single(scalar.properties.uppercaseMapping) ?? scalar }

    private static func single(_ text: String) -> Unicode.Scalar? {
        let scalars = text.unicodeScalars
        return scalars.count == 1 ? scalars.first : nil
    }
}
