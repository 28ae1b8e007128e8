public import FoundationEssentials
public import JSON
public import Trust

/// What a bundle is made of. Its digest names it: other content is another bundle.
public struct BundleContent: Hashable, Sendable {
    /// Cedar's text. Of a bundle over a blueprint it begins with that of the blueprint.
    public var policies: String
    /// An array in Cedar's entity JSON.
    public var entities: JSONValue
    /// Cedar's schema in either syntax; empty for none.
    public var schema: String
    /// An array of tests that run when it is published.
    public var tests: JSONValue
    /// Nothing is permitted from then on; nil for never.
    public var expires: Date?
    /// The blueprint that it is laid over.
    public var blueprint: SHA256Digest?

    public init(
        policies: String, entities: JSONValue = [], schema: String = "", tests: JSONValue = [], expires: Date? = nil,
        blueprint: SHA256Digest? = nil
    ) {
        self.policies = policies
        self.entities = entities
        self.schema = schema
        self.tests = tests
        self.expires = expires
        self.blueprint = blueprint
    }

    /// SHA-256 over all of it. What is not there is not named, so that bundles without it keep the digests that they have.
    public var digest: SHA256Digest {
        var members: JSONObject = ["policies": .string(policies), "entities": .string(entities.encodedString())]
        if !schema.isEmpty { members["schema"] = .string(schema) }
        if tests != [] { members["tests"] = .string(tests.encodedString()) }
        if let expires { members["expires_micros"] = .int(Int64((expires.timeIntervalSince1970 * 1_000_000).rounded())) }
        if let blueprint { members["blueprint"] = .string(blueprint.hex) }
        return SHA256Digest(hashing: JSONValue.object(members).encoded())
    }
}
