/// A `numeric` in decimal digits, exactly as the server prints it.
struct PostgresNumeric: CustomStringConvertible, Equatable {
    let description: String

    /// Base-10000 digits, the weight of the first, a sign and the number of decimals to show
    /// (src/backend/utils/adt/numeric.c, `numeric_send`). Nil where that is malformed, and for NaN and infinity.
    init?(binary bytes: ArraySlice<UInt8>) {
        var reader = BigEndianReader(bytes)
        guard let count = reader.read(Int16.self), let weight = reader.read(Int16.self), let sign = reader.read(UInt16.self),
            let scale = reader.read(Int16.self), count >= 0, scale >= 0, sign == 0x0000 || sign == 0x4000
        else { return nil }
        var digits: [Int16] = []
        for _ in 0..<count {
            guard let digit = reader.read(Int16.self), (0..<10_000).contains(digit) else { return nil }
            digits.append(digit)
        }
        description = Self.text(digits: digits, weight: Int(weight), negative: sign == 0x4000, scale: Int(scale))
    }

    private static func text(digits: [Int16], weight: Int, negative: Bool, scale: Int) -> String {
        func group(_ power: Int) -> String {
            let index = weight - power
            let plain = String(digits.indices.contains(index) ? digits[index] : 0)
            return String(repeating: "0", count: 4 - plain.count) + plain
        }
        let whole = weight < 0 ? "0" : stride(from: weight, through: 0, by: -1).map(group).joined()
        let significant = whole.drop { $0 == "0" }
        var text = (negative ? "-" : "") + (significant.isEmpty ? "0" : significant)
        guard scale > 0 else { return text }
        let groups = (scale + 3) / 4
        let decimals = (1...groups).map { group(-$0) }.joined()
        text += "." + decimals.prefix(scale)
        return text
    }
}
