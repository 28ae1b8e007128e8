internal import FoundationEssentials

extension FunctionLibrary {
    static let encoders: [CELFunction] = [
        CELFunction("base64.encode", "(bytes) -> string") { meter, operands throws(CELEvaluationError) in
            guard case .bytes(let bytes)? = operands.only else { return nil }
            try meter.make(bytes: bytes.count / 3 * 4 + 4)
            return .string(Data(bytes).base64EncodedString())
        },
        CELFunction("base64.decode", "(string) -> bytes") { meter, operands throws(CELEvaluationError) in
            guard case .string(let text)? = operands.only else { return nil }
            try meter.spend(text.utf8.count / 16)
            // The padding may be left out.
            let padding = String(repeating: "=", count: text.hasSuffix("=") ? 0 : (4 - text.utf8.count % 4) % 4)
            guard let data = Data(base64Encoded: text + padding) else {
                throw CELEvaluationError(.conversion, "this is no base64", suggestion: "it has letters, digits, + and /, and = at its end")
            }
            return .bytes(Array(data))
        },
    ]
}
