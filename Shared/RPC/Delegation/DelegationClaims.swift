public import Identity
internal import JSON
internal import Trust

/// What the gateway vouches for: this principal acts in this tenant with these roles, until then, through this certificate.
public struct DelegationClaims: Hashable, Sendable {
    public var tenant: TenantID
    public var principal: String
    public var roles: [String]
    /// Seconds since 1970.
    public var issuedAt: Int64
    public var expiresAt: Int64
    /// SHA-256 of the DER of the gateway's certificate (RFC 8705's `x5t#S256`).
    public var certificateThumbprint: [UInt8]
    /// The agency's tenant, where the principal acts from there in a client's tenant.
    public var originTenant: TenantID?

    public init(
        tenant: TenantID, principal: String, roles: [String], issuedAt: Int64, expiresAt: Int64, certificateThumbprint: [UInt8],
        originTenant: TenantID? = nil
    ) {
        self.tenant = tenant
        self.principal = principal
        self.roles = roles
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.certificateThumbprint = certificateThumbprint
        self.originTenant = originTenant
    }
}

extension DelegationClaims {
    static let issuer = "gateway"
    static let audience = "provable-mesh"

    var json: JSONValue {
        var object: JSONObject = [
            "iss": .string(Self.issuer), "aud": .string(Self.audience), "tenant": .string(tenant.description),
            "sub": .string(principal), "roles": .array(roles.map { .string($0) }), "iat": .int(issuedAt), "exp": .int(expiresAt),
            "cnf": .object(["x5t#S256": .string(Base64.encodeURL(certificateThumbprint))]),
        ]
        if let originTenant { object["origin"] = .string(originTenant.description) }
        return .object(object)
    }

    init?(json: JSONValue) {
        guard json["iss"]?.stringValue == Self.issuer, json["aud"]?.stringValue == Self.audience,
            let tenant = json["tenant"]?.stringValue.flatMap({ TenantID($0) }), let principal = json["sub"]?.stringValue,
            !principal.isEmpty, let roles = json["roles"]?.arrayValue, let issuedAt = json["iat"]?.intValue,
            let expiresAt = json["exp"]?.intValue,
            let thumbprint = json["cnf"]?["x5t#S256"]?.stringValue.flatMap({ Base64.decodeURL($0) }), thumbprint.count == 32
        else { return nil }
        let names = roles.compactMap(\.stringValue)
        guard names.count == roles.count else { return nil }
        var origin: TenantID?
        if let claimed = json["origin"] {
            guard let id = claimed.stringValue.flatMap({ TenantID($0) }) else { return nil }
            origin = id
        }
        self.init(
            tenant: tenant, principal: principal, roles: names, issuedAt: issuedAt, expiresAt: expiresAt,
            certificateThumbprint: thumbprint, originTenant: origin)
    }
}
