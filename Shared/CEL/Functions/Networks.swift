extension FunctionLibrary {
    /// Addresses and networks of the internet.
    static let networks: [CELFunction] = [
        CELFunction("ip", "(string) -> ip", "cidr.() -> ip") { _, operands throws(CELEvaluationError) in
            switch operands.only {
            case .string(let text): return .address(try parsedAddress(text))
            case .network(let network): return .address(network.address)
            default: return nil
            }
        },
        CELFunction("cidr", "(string) -> cidr") { _, operands throws(CELEvaluationError) in
            guard case .string(let text)? = operands.only else { return nil }
            return .network(try parsedNetwork(text))
        },
        CELFunction("isIP", "(string) -> bool") { _, operands in
            guard case .string(let text)? = operands.only else { return nil }
            return .bool(CELAddress(parsing: text) != nil)
        },
        CELFunction("isCIDR", "(string) -> bool") { _, operands in
            guard case .string(let text)? = operands.only else { return nil }
            return .bool(CELNetwork(parsing: text) != nil)
        },
        CELFunction("ip.isCanonical", "(string) -> bool") { _, operands throws(CELEvaluationError) in
            guard case .string(let text)? = operands.only else { return nil }
            return .bool(try parsedAddress(text).description == text)
        },
        CELFunction("family", "ip.() -> int") { _, operands in
            guard case .address(let address)? = operands.only else { return nil }
            return .int(address.isV4 ? 4 : 6)
        },
        kind("isUnspecified", \.isUnspecified), kind("isLoopback", \.isLoopback), kind("isGlobalUnicast", \.isGlobalUnicast),
        kind("isLinkLocalMulticast", \.isLinkLocalMulticast), kind("isLinkLocalUnicast", \.isLinkLocalUnicast),
        CELFunction("containsIP", "cidr.(ip) -> bool", "cidr.(string) -> bool") { _, operands throws(CELEvaluationError) in
            guard operands.count == 2, case .network(let network) = operands[0] else { return nil }
            switch operands[1] {
            case .address(let other): return .bool(network.contains(other))
            case .string(let text): return .bool(network.contains(try parsedAddress(text)))
            default: return nil
            }
        },
        CELFunction("containsCIDR", "cidr.(cidr) -> bool", "cidr.(string) -> bool") { _, operands throws(CELEvaluationError) in
            guard operands.count == 2, case .network(let network) = operands[0] else { return nil }
            switch operands[1] {
            case .network(let other): return .bool(network.contains(other))
            case .string(let text): return .bool(network.contains(try parsedNetwork(text)))
            default: return nil
            }
        },
        CELFunction("prefixLength", "cidr.() -> int") { _, operands in
            guard case .network(let network)? = operands.only else { return nil }
            return .int(Int64(network.prefixLength))
        },
        CELFunction("masked", "cidr.() -> cidr") { _, operands in
            guard case .network(let network)? = operands.only else { return nil }
            return .network(network.masked)
        },
    ]

    private static func kind(_ name: String, _ property: @escaping @Sendable (CELAddress) -> Bool) -> CELFunction {
        CELFunction(name, "ip.() -> bool") { _, operands in
            guard case .address(let address)? = operands.only else { return nil }
            return .bool(property(address))
        }
    }

    private static func parsedAddress(_ text: String) throws(CELEvaluationError) -> CELAddress {
        guard let address = CELAddress(parsing: text) else {
            throw CELEvaluationError(
                .conversion, "'\(text.prefix(64))' is no address", suggestion: "write it as 192.168.0.1 or 2001:db8::1, without zone or leading zeros"
            )
        }
        return address
    }

    private static func parsedNetwork(_ text: String) throws(CELEvaluationError) -> CELNetwork {
        guard let network = CELNetwork(parsing: text) else {
            throw CELEvaluationError(.conversion, "'\(text.prefix(64))' is no network", suggestion: "write it as 192.168.0.0/24 or 2001:db8::/32")
        }
        return network
    }
}
