/// What a function takes and gives, in the notation of the language definition: `(A, list(A)) -> bool`, and
/// `string.(int, int) -> string` for one that is called with a dot. Capital letters are type parameters.
public struct CELSignature: Hashable, Sendable {
    /// The receiver first, where there is one.
    public var parameters: [CELStaticType]
    public var result: CELStaticType
    public var isMember: Bool
    /// The last parameter may come any number of times, but at least once.
    public var isVariadic = false

    public init(parameters: [CELStaticType], result: CELStaticType, isMember: Bool = false) {
        self.parameters = parameters
        self.result = result
        self.isMember = isMember
    }

    /// For signatures that stand in this module's own text.
    init(_ text: StaticString) {
        var reader = SignatureReader("\(text)")
        guard let signature = reader.signature() else { preconditionFailure("'\(text)' is no signature") }
        self = signature
    }
}

extension CELSignature: CustomStringConvertible {
    public var description: String {
        let list = parameters.dropFirst(isMember ? 1 : 0).map(\.description).joined(separator: ", ") + (isVariadic ? "…" : "")
        return (isMember ? "\(parameters[0])." : "") + "(\(list)) -> \(result)"
    }
}

private struct SignatureReader {
    private var text: Substring

    init(_ text: String) { self.text = text[...] }

    mutating func signature() -> CELSignature? {
        var receiver: CELStaticType?
        if !text.hasPrefix("(") {
            receiver = type()
            guard receiver != nil, take(".") else { return nil }
        }
        guard take("(") else { return nil }
        var parameters = receiver.map { [$0] } ?? []
        var isVariadic = false
        while !take(")") {
            guard let parameter = type() else { return nil }
            parameters.append(parameter)
            isVariadic = take("...")
            _ = take(", ")
        }
        guard take(" -> "), let result = type(), text.isEmpty else { return nil }
        var signature = CELSignature(parameters: parameters, result: result, isMember: receiver != nil)
        signature.isVariadic = isVariadic
        return signature
    }

    private mutating func take(_ part: String) -> Bool {
        guard text.hasPrefix(part) else { return false }
        text = text.dropFirst(part.count)
        return true
    }

    private mutating func type() -> CELStaticType? {
        let name = String(text.prefix { $0.isLetter || $0 == "_" })
        text = text.dropFirst(name.count)
        var parameters: [CELStaticType] = []
        // After a receiver comes `.(`, so that a parenthesis here belongs to the type.
        if !name.isEmpty, take("(") {
            while !take(")") {
                guard let parameter = type() else { return nil }
                parameters.append(parameter)
                _ = take(", ")
            }
        }
        switch (name, parameters.count) {
        case ("list", 1): return .list(parameters[0])
        case ("map", 2): return .map(parameters[0], parameters[1])
        case ("optional", 1): return .optional(parameters[0])
        case ("type", 1): return .type(parameters[0])
        case (_, 0): return Self.simple[name] ?? (name.count == 1 ? .parameter(name) : nil)
        default: return nil
        }
    }

    private static let simple: [String: CELStaticType] = [
        "dyn": .dyn, "null": .null, "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string, "bytes": .bytes,
        "timestamp": .timestamp, "duration": .duration, "number": .union([.int, .uint, .double]), "ip": .opaque("net.IP", []),
        "cidr": .opaque("net.CIDR", []),
    ]
}
