public import FoundationEssentials
public import Identity
public import Trust

/// A tenant's key for one month's contexts. Once its wrapped form is gone, what it sealed cannot be read by anybody.
public struct ContextKey: Sendable {
    public let tenant: TenantID
    /// The year times a hundred, and the month.
    public let month: Int64
    private let key: Secret

    public init(tenant: TenantID, month: Int64, key: Secret) {
        self.tenant = tenant
        self.month = month
        self.key = key
    }

    /// In UTC.
    public static func month(of time: Date) -> Int64 {
        let date = CivilTime(micros: time.micros).date
        return date.year * 100 + date.month
    }

    /// What is sealed is bound to its decision: it opens nowhere else.
    public func seal(_ plaintext: [UInt8], of decision: UUID) throws(TrustError) -> [UInt8] {
        try AES256GCM.seal(plaintext, key: key, aad: Self.place(tenant, decision))
    }

    public func open(_ sealed: [UInt8], of decision: UUID) throws(TrustError) -> [UInt8] {
        try AES256GCM.open(sealed, key: key, aad: Self.place(tenant, decision))
    }

    // MARK: At rest

    public func wrapped(by wrappingKey: KeyEncryptionKey) throws(TrustError) -> [UInt8] {
        try wrappingKey.seal(key.exposedBytes, aad: Self.name(tenant, month))
    }

    public init(unwrapping wrapped: [UInt8], tenant: TenantID, month: Int64, by wrappingKey: KeyEncryptionKey) throws(TrustError) {
        self.init(tenant: tenant, month: month, key: Secret(try wrappingKey.open(wrapped, aad: Self.name(tenant, month))))
    }

    private static func place(_ tenant: TenantID, _ decision: UUID) -> [UInt8] { Array("decision|\(tenant)|\(decision.lowercased)".utf8) }
    private static func name(_ tenant: TenantID, _ month: Int64) -> [UInt8] { Array("context-key|\(tenant)|\(month)".utf8) }
}
