/// An IP address or a range of them in CIDR notation.
///
/// An IPv4 address never equals or contains an IPv6 address, also where one is embedded in the other.
public struct IPValue: Hashable, Sendable {
    /// The address, in the low 32 bits for IPv4.
    let address: UInt128
    let prefix: UInt8
    let isIPv6: Bool

    private var width: UInt8 { isIPv6 ? 128 : 32 }

    /// The bits of the host part.
    private var hostMask: UInt128 {
        let hostBits = width - prefix
        return hostBits == 128 ? .max : (UInt128(1) << UInt128(hostBits)) - 1
    }

    private var first: UInt128 { address & ~hostMask }
    private var last: UInt128 { address | hostMask }

    var isLoopback: Bool {
        isIPv6 ? prefix == 128 && address == 1 : prefix >= 8 && address >> 24 == 127
    }

    var isMulticast: Bool {
        isIPv6 ? prefix >= 8 && address >> 120 == 0xFF : prefix >= 4 && address >> 28 == 0xE
    }

    func isInRange(_ other: IPValue) -> Bool {
        isIPv6 == other.isIPv6 && other.first <= first && last <= other.last
    }
}

extension IPValue {
    /// Reads an address with or without a prefix. IPv4 written inside IPv6 is refused, as are leading zeros.
    init(parsing text: String) throws(ExtensionFault) {
        let bytes = Array(text.utf8)
        let slash = bytes.firstIndex(of: UInt8(ascii: "/"))
        let host = bytes[..<(slash ?? bytes.endIndex)]
        let isIPv6 = host.contains(UInt8(ascii: ":"))
        guard let address = isIPv6 ? IPValue.ipv6(host) : IPValue.ipv4(host) else {
            throw ExtensionFault("\"\(text)\" is not an IP address")
        }
        let width: UInt8 = isIPv6 ? 128 : 32
        var prefix = width
        if let slash {
            guard let parsed = IPValue.prefix(bytes[(slash + 1)...], width: width) else {
                throw ExtensionFault("the prefix of \"\(text)\" is not a number from 0 to \(width) without leading zeros")
            }
            prefix = parsed
        }
        self.init(address: address, prefix: prefix, isIPv6: isIPv6)
    }

    private static func prefix(_ digits: ArraySlice<UInt8>, width: UInt8) -> UInt8? {
        guard (1...3).contains(digits.count), digits.allSatisfy(\.isASCIIDigit) else { return nil }
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return value <= Int(width) ? UInt8(value) : nil
    }

    private static func ipv4(_ bytes: ArraySlice<UInt8>) -> UInt128? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt128 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy(\.isASCIIDigit) else { return nil }
            guard part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            let octet = part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
            guard octet < 256 else { return nil }
            address = address << 8 | UInt128(octet)
        }
        return address
    }

    private static func ipv6(_ bytes: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        guard let gap = bytes.indices.dropLast().first(where: { bytes[$0] == colon && bytes[$0 + 1] == colon }) else {
            guard let all = groups(bytes), all.count == 8 else { return nil }
            return joined(all)
        }
        let head = bytes[..<gap]
        let tail = bytes[(gap + 2)...]
        guard let before = head.isEmpty ? [] : groups(head), let after = tail.isEmpty ? [] : groups(tail) else { return nil }
        // The gap stands for at least one group.
        guard before.count + after.count < 8 else { return nil }
        return joined(before + Array(repeating: 0, count: 8 - before.count - after.count) + after)
    }

    private static func groups(_ bytes: ArraySlice<UInt8>) -> [UInt128]? {
        var groups: [UInt128] = []
        for part in bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            guard (1...4).contains(part.count), let value = UInt128(String(decoding: part, as: UTF8.self), radix: 16) else { return nil }
            guard part.first != UInt8(ascii: "+"), part.first != UInt8(ascii: "-") else { return nil }
            groups.append(value)
        }
        return groups
    }

    private static func joined(_ groups: [UInt128]) -> UInt128 { groups.reduce(0) { $0 << 16 | $1 } }
}

extension IPValue: CustomStringConvertible {
    public var description: String {
        let step = isIPv6 ? 16 : 8
        let parts = stride(from: Int(width) - step, through: 0, by: -step).map { shift in
            let part = (address >> UInt128(shift)) & (isIPv6 ? 0xFFFF : 0xFF)
            return String(part, radix: isIPv6 ? 16 : 10)
        }
        let host = parts.joined(separator: isIPv6 ? ":" : ".")
        return prefix == width ? host : "\(host)/\(prefix)"
    }
}
