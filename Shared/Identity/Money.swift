/// An amount in micro-units of a currency (1 USD = 1,000,000), so that one call can cost less than a cent without a float.
public struct Money: Hashable, Sendable {
    public var micros: Int64
    /// ISO 4217, upper case.
    public var currency: String

    public init(micros: Int64, currency: String = Money.defaultCurrency) {
        self.micros = micros
        self.currency = currency
    }

    public static let defaultCurrency = "USD"

    /// Whether the currency is three upper-case ASCII letters.
    public var hasValidCurrency: Bool {
        currency.utf8.count == 3 && currency.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
}

extension Money: CustomStringConvertible {
    /// As people read it: `12.30 USD`, with up to six decimals where the amount has them.
    public var description: String {
        let sign = micros < 0 ? "-" : ""
        let whole = micros.magnitude / 1_000_000
        var fraction = String(micros.magnitude % 1_000_000)
        fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
        while fraction.count > 2, fraction.last == "0" { fraction.removeLast() }
        return "\(sign)\(whole).\(fraction) \(currency)"
    }
}
