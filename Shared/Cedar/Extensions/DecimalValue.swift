/// A decimal number with four digits after the point, kept as ten-thousandths.
public struct DecimalValue: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let tenThousandths: Int64

    public init(tenThousandths: Int64) { self.tenThousandths = tenThousandths }

    public static func < (a: DecimalValue, b: DecimalValue) -> Bool { a.tenThousandths < b.tenThousandths }

    /// Reads `-?[0-9]+\.[0-9]{1,4}`.
    init(parsing text: String) throws(ExtensionFault) {
        let bytes = Array(text.utf8)
        let isNegative = bytes.first == UInt8(ascii: "-")
        let parts = bytes.dropFirst(isNegative ? 1 : 0).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isWellFormed = parts.count == 2 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
        guard isWellFormed else { throw ExtensionFault("\"\(text)\" is not a decimal such as \"12.5\"") }
        guard parts[1].count <= 4 else { throw ExtensionFault("\"\(text)\" has more than four digits after the point") }
        // The digits are accumulated on the side of the sign, so that the smallest value does not overflow.
        var value: Int64 = 0
        for digit in parts[0] + parts[1] + repeatElement(UInt8(ascii: "0"), count: 4 - parts[1].count) {
            let (scaled, overflowed) = value.multipliedReportingOverflow(by: 10)
            let step = Int64(digit - UInt8(ascii: "0"))
            let (next, overflowedAgain) = isNegative ? scaled.subtractingReportingOverflow(step) : scaled.addingReportingOverflow(step)
            guard !overflowed, !overflowedAgain else { throw ExtensionFault("\"\(text)\" is beyond the range of a decimal") }
            value = next
        }
        self.init(tenThousandths: value)
    }

    public var description: String {
        let magnitude = tenThousandths.magnitude
        let fraction = String(magnitude % 10_000)
        return (tenThousandths < 0 ? "-" : "") + "\(magnitude / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
}
