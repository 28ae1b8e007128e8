/// A length of time in milliseconds.
public struct DurationValue: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (a: DurationValue, b: DurationValue) -> Bool { a.milliseconds < b.milliseconds }

    public var description: String { "\(milliseconds)ms" }

    var seconds: Int64 { milliseconds / 1000 }
    var minutes: Int64 { seconds / 60 }
    var hours: Int64 { minutes / 60 }
    var days: Int64 { hours / 24 }

    private static let units: [(name: [UInt8], milliseconds: Int64)] = [
        (Array("d".utf8), 86_400_000), (Array("h".utf8), 3_600_000), (Array("m".utf8), 60_000), (Array("s".utf8), 1000), (Array("ms".utf8), 1),
    ]

    /// Reads `-?` and then quantities with the units d, h, m, s, ms, each at most once and in this order.
    init(parsing text: String) throws(ExtensionFault) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        guard !rest.isEmpty else { throw DurationValue.malformed(text) }
        var total: Int64 = 0
        var nextUnit = 0
        // Cedar adds the smallest unit first; on the side of the sign the order does not change what overflows.
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isASCIIDigit)
            let name = rest.dropFirst(digits.count).prefix { !$0.isASCIIDigit }
            let unit = DurationValue.units[nextUnit...].firstIndex { $0.name.elementsEqual(name) }
            guard !digits.isEmpty, let unit else { throw DurationValue.malformed(text) }
            nextUnit = unit + 1
            rest = rest.dropFirst(digits.count + name.count)
            total = try DurationValue.add(digits, of: DurationValue.units[unit].milliseconds, to: total, isNegative: isNegative, text)
        }
        self.init(milliseconds: total)
    }

    private static func add(
        _ digits: ArraySlice<UInt8>, of unit: Int64, to total: Int64, isNegative: Bool, _ text: String
    ) throws(ExtensionFault) -> Int64 {
        let overflow = ExtensionFault("\"\(text)\" is beyond the range of a duration")
        let signed = (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
        guard let quantity = Int64(signed) else { throw overflow }
        let (product, overflowed) = quantity.multipliedReportingOverflow(by: unit)
        let (sum, overflowedAgain) = total.addingReportingOverflow(product)
        guard !overflowed, !overflowedAgain else { throw overflow }
        return sum
    }

    private static func malformed(_ text: String) -> ExtensionFault {
        ExtensionFault("\"\(text)\" is not a duration such as \"1d2h30m\"")
    }
}
