/// Numbers as ECMAScript's `Number::toString` prints them, which RFC 8785 §3.2.2.3 asks for.
enum ECMAScriptNumber {
    static func text(of value: Double) -> String {
        precondition(value.isFinite, "JSON has no infinity and no NaN")
        if value == 0 { return "0" }
        let (digits, exponent) = shortestDigits(of: value.magnitude)
        let sign = value < 0 ? "-" : ""
        return sign + layout(digits, exponent)
    }

    /// The shortest digits that read back as `value`, and n such that value = 0.digits × 10^n.
    private static func shortestDigits(of value: Double) -> (digits: [Character], exponent: Int) {
        // Swift prints the shortest form, as 1.5, 1e-07 or 5e-324; only its layout differs from ECMAScript's.
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        var digits = Array(whole) + Array(mantissa.count > 1 ? mantissa[1] : "")
        var exponent = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.count > 1, digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (digits, exponent)
    }

    private static func layout(_ digits: [Character], _ n: Int) -> String {
        let k = digits.count
        if k <= n, n <= 21 { return String(digits) + String(repeating: "0", count: n - k) }
        if 0 < n, n <= 21 { return String(digits[..<n]) + "." + String(digits[n...]) }
        if -6 < n, n <= 0 { return "0." + String(repeating: "0", count: -n) + String(digits) }
        let exponent = n - 1 < 0 ? "e-\(1 - n)" : "e+\(n - 1)"
        let fraction = k > 1 ? "." + String(digits[1...]) : ""
        return String(digits[0]) + fraction + exponent
    }
}
