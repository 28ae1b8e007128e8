/// An address and how many of its bits name the network: `192.168.0.1/24`.
public struct CELNetwork: Hashable, Sendable {
    public let address: CELAddress
    public let prefixLength: Int

    init(address: CELAddress, prefixLength: Int) {
        self.address = address
        self.prefixLength = prefixLength
    }

    public init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = CELAddress(parsing: String(parts[0])) else { return nil }
        let digits = parts[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            digits.count == 1 || digits.first != "0", let length = Int(digits), length <= address.bytes.count * 8
        else { return nil }
        self.init(address: address, prefixLength: length)
    }

    /// With zeros where the network's bits end.
    var masked: CELNetwork {
        let bytes = address.bytes.enumerated().map { index, byte in
            let kept = min(max(prefixLength - index * 8, 0), 8)
            return byte & UInt8(truncatingIfNeeded: 0xFF00 >> kept)
        }
        return CELNetwork(address: CELAddress(bytes: bytes), prefixLength: prefixLength)
    }

    func contains(_ other: CELAddress) -> Bool {
        other.isV4 == address.isV4 && CELNetwork(address: other, prefixLength: prefixLength).masked == masked
    }

    func contains(_ other: CELNetwork) -> Bool { other.prefixLength >= prefixLength && contains(other.address) }
}

extension CELNetwork: CustomStringConvertible {
    public var description: String { "\(address)/\(prefixLength)" }
}
