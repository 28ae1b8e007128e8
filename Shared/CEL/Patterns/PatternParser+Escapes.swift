extension PatternParser {
    // MARK: Sets

    mutating func bracketed() throws(CELEvaluationError) -> PatternSet {
        let opening = index
        var set = PatternSet()
        set.isNegated = take("^")
        set.ignoresCase = flags.ignoresCase
        var isFirst = true
        while isFirst || current != "]" {
            guard current != nil else {
                index = opening - 1
                throw malformed("this [ is never closed")
            }
            isFirst = false
            if take("[:") {
                try add(posix: &set)
            } else if current == "\\", let named = try namedSet() {
                set.ranges += named.ranges
                set.categories += named.categories
            } else {
                let low = try member()
                guard current == "-", let after = peek(1), after != "]" else {
                    set.ranges.append(low.value...low.value)
                    continue
                }
                index += 1
                let high = try member()
                guard high >= low else { throw malformed("a range ends before it begins") }
                set.ranges.append(low.value...high.value)
            }
        }
        index += 1
        return set
    }

    private mutating func member() throws(CELEvaluationError) -> Unicode.Scalar {
        let scalar = next()
        return scalar == "\\" ? try escapedScalar() : scalar
    }

    private mutating func add(posix set: inout PatternSet) throws(CELEvaluationError) {
        let isNegated = take("^")
        for (name, ranges) in Self.posix where take(name + ":]") {
            set.ranges += isNegated ? PatternSet(ranges: ranges).complement : ranges
            return
        }
        throw malformed("there is no such named class", "for example [[:alpha:]] or [[:digit:]]")
    }

    private static let posix: [(String, [ClosedRange<UInt32>])] = [
        ("alnum", [48...57, 65...90, 97...122]), ("alpha", [65...90, 97...122]), ("ascii", [0...127]), ("blank", [9...9, 32...32]),
        ("cntrl", [0...31, 127...127]), ("digit", [48...57]), ("graph", [33...126]), ("lower", [97...122]), ("print", [32...126]),
        ("punct", [33...47, 58...64, 91...96, 123...126]), ("space", [9...13, 32...32]), ("upper", [65...90]),
        ("word", [48...57, 65...90, 95...95, 97...122]), ("xdigit", [48...57, 65...70, 97...102]),
    ]

    /// `\d` and its like, after which `index` stands behind it; nil, with `index` unchanged, for other escapes.
    private mutating func namedSet() throws(CELEvaluationError) -> PatternSet? {
        guard current == "\\", let letter = peek(1) else { return nil }
        let set: PatternSet
        switch letter {
        case "d": set = .digits
        case "D": set = PatternSet(ranges: PatternSet.digits.complement)
        case "s": set = .spaces
        case "S": set = PatternSet(ranges: PatternSet.spaces.complement)
        case "w": set = .words
        case "W": set = PatternSet(ranges: PatternSet.words.complement)
        case "p", "P":
            index += 2
            return try property(isNegated: letter == "P")
        default: return nil
        }
        index += 2
        return set
    }

    /// `\pL`, `\p{Lu}`, `\P{^Nd}`.
    private mutating func property(isNegated: Bool) throws(CELEvaluationError) -> PatternSet {
        guard current != nil else { throw malformed("a class's name is missing after \\p") }
        var name = String(next())
        var isNegated = isNegated
        if name == "{" {
            name = ""
            if take("^") { isNegated.toggle() }
            while let scalar = current, scalar != "}" { name.unicodeScalars.append(scalar); index += 1 }
            guard take("}") else { throw malformed("a class's name is never closed") }
        }
        if name == "Any" { return PatternSet(ranges: isNegated ? [] : PatternSet.any.ranges) }
        let categories = Self.categories.filter { $0.key.hasPrefix(name) }
        guard (1...2).contains(name.count), !categories.isEmpty else {
            throw malformed("there is no class '\(name.prefix(20))'", "general categories are known, as L, Lu or Nd; scripts are not")
        }
        return PatternSet(categories: [PatternSet.Category(categories: Set(categories.values), isNegated: isNegated)])
    }

    private static let categories: [String: Unicode.GeneralCategory] = [
        "Lu": .uppercaseLetter, "Ll": .lowercaseLetter, "Lt": .titlecaseLetter, "Lm": .modifierLetter, "Lo": .otherLetter,
        "Mn": .nonspacingMark, "Mc": .spacingMark, "Me": .enclosingMark, "Nd": .decimalNumber, "Nl": .letterNumber, "No": .otherNumber,
        "Pc": .connectorPunctuation, "Pd": .dashPunctuation, "Ps": .openPunctuation, "Pe": .closePunctuation, "Pi": .initialPunctuation,
        "Pf": .finalPunctuation, "Po": .otherPunctuation, "Sm": .mathSymbol, "Sc": .currencySymbol, "Sk": .modifierSymbol, "So": .otherSymbol,
        "Zs": .spaceSeparator, "Zl": .lineSeparator, "Zp": .paragraphSeparator, "Cc": .control, "Cf": .format, "Co": .privateUse,
        "Cs": .surrogate,
    ]

    // MARK: Escapes

    /// Behind the backslash.
    mutating func escape() throws(CELEvaluationError) -> PatternNode {
        index -= 1
        if var set = try namedSet() {
            set.ignoresCase = flags.ignoresCase
            return .set(set)
        }
        index += 1
        switch current {
        case "A": index += 1; return .start
        case "z": index += 1; return .end
        case "b": index += 1; return .wordBoundary
        case "B": index += 1; return .noWordBoundary
        case "C": index += 1; return .set(.any)
        default: return .scalar(try escapedScalar(), ignoresCase: flags.ignoresCase)
        }
    }

    private mutating func escapedScalar() throws(CELEvaluationError) -> Unicode.Scalar {
        guard current != nil else { throw malformed("a \\ ends the pattern") }
        let letter = next()
        switch letter {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x": return try hexadecimal()
        case "0"..."7":
            guard letter == "0" || current.map({ ("0"..."7").contains($0) }) == true else {
                throw malformed("a backreference", "RE2 has none")
            }
            var value = letter.value - 48
            for _ in 0..<2 {
                guard let digit = current, ("0"..."7").contains(digit) else { break }
                value = value * 8 + digit.value - 48
                index += 1
            }
            return Unicode.Scalar(value) ?? "\0"
        case _ where letter.value < 128 && !letter.isDigit && !letter.isIdentifierStart || letter == "_": return letter
        default:
            index -= 1
            throw malformed("there is no escape \\\(letter)", "write \\\\ for a backslash")
        }
    }

    private mutating func hexadecimal() throws(CELEvaluationError) -> Unicode.Scalar {
        var digits: [UInt32] = []
        let isBraced = take("{")
        while digits.count < (isBraced ? 8 : 2), let scalar = current, let digit = scalar.hexValue {
            digits.append(digit)
            index += 1
        }
        guard isBraced ? !digits.isEmpty && take("}") : digits.count == 2, digits.count <= 7,
            let scalar = Unicode.Scalar(digits.reduce(0) { $0 * 16 + $1 })
        else { throw malformed("this names no code point", "write \\x41 or \\x{1F600}") }
        return scalar
    }
}
