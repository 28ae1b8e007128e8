internal import Glibc

/// `"%s is %.1f".format([…])`: the string extension's format of clauses `%[.precision]conversion`.
struct TextFormatter {
    private let form: [Unicode.Scalar]
    private let arguments: [CELValue]
    private(set) var meter: Meter
    private var next = 0

    /// Digits after the point that can be asked for.
    private static let precisionMax = 1_000

    init(_ form: String, _ arguments: [CELValue], _ meter: Meter) {
        self.form = Array(form.unicodeScalars)
        self.arguments = arguments
        self.meter = meter
    }

    mutating func formatted() throws(CELEvaluationError) -> String {
        var text = String.UnicodeScalarView()
        var made = 0
        var index = 0
        while index < form.count {
            guard form[index] == "%" else {
                text.append(form[index])
                index += 1
                continue
            }
            index += 1
            if index < form.count, form[index] == "%" {
                text.append("%")
                index += 1
                continue
            }
            let precision = try precision(&index)
            guard index < form.count else { throw Self.invalid("a clause of the format is cut off") }
            let clause = try clause(form[index], precision)
            made += clause.utf8.count
            try meter.make(bytes: made)
            text.append(contentsOf: clause.unicodeScalars)
            index += 1
        }
        return String(text)
    }

    private func precision(_ index: inout Int) throws(CELEvaluationError) -> Int {
        guard index < form.count, form[index] == "." else { return 6 }
        index += 1
        var value = 0
        let start = index
        while index < form.count, form[index].isDigit {
            value = value * 10 + Int(form[index].value - 48)
            guard value <= Self.precisionMax else { throw Self.invalid("a precision is at most \(Self.precisionMax)") }
            index += 1
        }
        guard index > start else { throw Self.invalid("digits are missing after the . of a precision") }
        return value
    }

    private mutating func clause(_ conversion: Unicode.Scalar, _ precision: Int) throws(CELEvaluationError) -> String {
        guard "sdfexXob".unicodeScalars.contains(conversion) else {
            throw Self.invalid("there is no conversion %\(conversion)", "use one of %s %d %f %e %x %X %o %b, or %% for a percent sign")
        }
        guard next < arguments.count else {
            throw Self.invalid("the format has more clauses than the \(arguments.count) values of its list")
        }
        let value = arguments[next]
        next += 1
        let text: String?
        switch conversion {
        case "s": text = try string(value)
        case "d": text = Self.decimal(value)
        case "f", "e": text = Self.fixed(value, precision, conversion)
        case "x", "X": text = try hexadecimal(value, isUpper: conversion == "X")
        default: text = Self.radix(value, conversion == "o" ? 8 : 2)
        }
        guard let text else { throw Self.invalid("%\(conversion) cannot show \(value.type.inWords)", "use %s, or convert the value") }
        return text
    }

    private static func invalid(_ message: String, _ suggestion: String = "") -> CELEvaluationError {
        CELEvaluationError(.invalidArgument, message, suggestion: suggestion)
    }

    // MARK: Conversions

    private mutating func string(_ value: CELValue) throws(CELEvaluationError) -> String {
        try meter.spend(1 + value.extent)
        switch value {
        case .null: return "null"
        case .bool(let value): return String(value)
        case .double(let value): return DecimalText.plain(value)
        case .bytes(let bytes): return String(repairing: bytes)
        case .type(let type): return type.rawValue
        case .list(let list):
            var parts: [String] = []
            for value in list.values { parts.append(try string(value)) }
            return "[\(try joined(parts))]"
        case .map(let map):
            var parts: [(String, String)] = []
            for entry in map.entries { parts.append((try string(entry.key), try string(entry.value))) }
            parts.sort { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            return "{\(try joined(parts.map { "\($0.0): \($0.1)" }))}"
        case .optional: throw Self.invalid("%s cannot show an optional", "unwrap it with orValue(…)")
        default: return try value.convertedToString()?.stringValue ?? ""
        }
    }

    private mutating func joined(_ parts: [String]) throws(CELEvaluationError) -> String {
        try meter.make(bytes: parts.reduce(0) { $0 + $1.utf8.count + 2 })
        return parts.joined(separator: ", ")
    }

    private static func decimal(_ value: CELValue) -> String? {
        switch value {
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value): DecimalText.plain(value)
        default: nil
        }
    }

    private static func fixed(_ value: CELValue, _ precision: Int, _ conversion: Unicode.Scalar) -> String? {
        let number: Double
        switch value {
        case .int(let value): number = Double(value)
        case .uint(let value): number = Double(value)
        case .double(let value): number = value
        default: return nil
        }
        guard number.isFinite else { return DecimalText.plain(number) }
        // The largest double has 309 digits before its point.
        var buffer = [CChar](repeating: 0, count: precision + 400)
        let length = withVaList([Int32(precision), number]) { vsnprintf(&buffer, buffer.count, conversion == "f" ? "%.*f" : "%.*e", $0) }
        return String(decoding: buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private mutating func hexadecimal(_ value: CELValue, isUpper: Bool) throws(CELEvaluationError) -> String? {
        let bytes: [UInt8]
        switch value {
        case .string(let text): bytes = Array(text.utf8)
        case .bytes(let given): bytes = given
        default: return Self.radix(value, 16, isUpper: isUpper)
        }
        try meter.make(bytes: bytes.count * 2)
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: isUpper) }.joined()
    }

    private static func radix(_ value: CELValue, _ radix: Int, isUpper: Bool = false) -> String? {
        switch value {
        case .int(let value): String(value, radix: radix, uppercase: isUpper)
        case .uint(let value): String(value, radix: radix, uppercase: isUpper)
        case .bool(let value) where radix == 2: value ? "1" : "0"
        default: nil
        }
    }
}

/// Doubles without an exponent.
enum DecimalText {
    /// The shortest digits that read as this double again.
    static func plain(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
        let parts = "\(value.magnitude)".split(separator: "e")
        var (whole, fraction) = halves(parts[0])
        let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
        if exponent > 0 {
            fraction += String(repeating: "0", count: max(0, exponent - fraction.count))
            whole += fraction.prefix(exponent)
            fraction = String(fraction.dropFirst(exponent))
        } else if exponent < 0 {
            let digits = String(repeating: "0", count: -exponent) + whole
            whole = String(digits.dropLast(-exponent))
            fraction = digits.suffix(-exponent) + fraction
        }
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let leading = whole.drop { $0 == "0" }
        return (value.sign == .minus ? "-" : "") + (leading.isEmpty ? "0" : leading) + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static func halves(_ text: Substring) -> (String, String) {
        let halves = text.split(separator: ".")
        return (String(halves[0]), halves.count == 2 ? String(halves[1]) : "")
    }
}

extension String {
    /// Neighbouring bytes that are no UTF-8 become one U+FFFD.
    fileprivate init(repairing bytes: [UInt8]) {
        var text = String.UnicodeScalarView()
        var index = 0
        var wasBroken = false
        while index < bytes.count {
            let length = (1...4).first { index + $0 <= bytes.count && String(validating: bytes[index..<(index + $0)], as: UTF8.self) != nil }
            if let length, let scalar = String(validating: bytes[index..<(index + length)], as: UTF8.self)?.unicodeScalars.first {
                text.append(scalar)
                wasBroken = false
            } else {
                if !wasBroken { text.append("\u{FFFD}") }
                wasBroken = true
            }
            index += length ?? 1
        }
        self.init(text)
    }
}
