/// What a receipt may hold at the most; all of it is checked before anything is hashed.
public enum ReceiptLimits {
    public static let payloadByteCount = 48 << 10
    public static let depth = 32
    /// Integers beyond this are not exact in every language that will read a receipt (RFC 8785 §3.2.2.3).
    public static let integerMagnitude: Int64 = 1 << 53 - 1
    public static let nameByteCount = 512
    public static let causeCount = 512
    public static let subjectCount = 64
    public static let personalFieldCount = 64
}
