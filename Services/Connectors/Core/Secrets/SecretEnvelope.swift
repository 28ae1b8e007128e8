package import Identity
package import Trust

/// Where a sealed secret belongs. It cannot be opened anywhere else, because the place is authenticated with it.
package struct SecretPlace: Sendable, Hashable {
    package let tenant: TenantID
    package let connector: String
    package let field: String

    package init(tenant: TenantID, connector: String, field: String) {
        self.tenant = tenant
        self.connector = connector
        self.field = field
    }

    /// `tenant|connector|field`. Names of connectors and fields hold no bar: manifests are checked for it.
    package var additionalData: [UInt8] { Array("\(tenant)|\(connector)|\(field)".utf8) }
}

/// A tenant's own key, under which its secrets are sealed. Destroying the wrapped form destroys them all.
package struct TenantKey: Sendable {
    package let tenant: TenantID
    /// From 1; a rotation adds one.
    package let version: Int64
    private let key: Secret

    package init(tenant: TenantID, version: Int64, key: Secret) {
        self.tenant = tenant
        self.version = version
        self.key = key
    }

    package func seal(_ value: Secret, at place: SecretPlace) throws(TrustError) -> [UInt8] {
        precondition(place.tenant == tenant, "a secret is sealed under its own tenant's key")
        return try AES256GCM.seal(value.exposedBytes, key: key, aad: place.additionalData)
    }

    package func open(_ sealed: [UInt8], at place: SecretPlace) throws(TrustError) -> Secret {
        precondition(place.tenant == tenant, "a secret is opened with its own tenant's key")
        return Secret(try AES256GCM.open(sealed, key: key, aad: place.additionalData))
    }

    package func wrapped(by wrappingKey: KeyEncryptionKey) throws(TrustError) -> [UInt8] {
        try wrappingKey.seal(key.exposedBytes, aad: Self.additionalData(tenant, version))
    }

    package init(unwrapping wrapped: [UInt8], tenant: TenantID, version: Int64, by wrappingKey: KeyEncryptionKey) throws(TrustError) {
        let bytes = try wrappingKey.open(wrapped, aad: Self.additionalData(tenant, version))
        self.init(tenant: tenant, version: version, key: Secret(bytes))
    }

    private static func additionalData(_ tenant: TenantID, _ version: Int64) -> [UInt8] { Array("tenant-key|\(tenant)|\(version)".utf8) }
}

extension KeyEncryptionKey {
    /// A key file holds 64 hexadecimal digits, or the 32 bytes themselves.
    package init?(fileContent: [UInt8]) {
        if let key = KeyEncryptionKey(hexadecimal: fileContent) { self = key } else { self.init(Secret(fileContent)) }
    }
}
