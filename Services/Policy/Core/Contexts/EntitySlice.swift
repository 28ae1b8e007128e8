internal import JSON
public import Trust

/// What the entities of a decision were: those of its bundle, which never change, and what the request said of them.
public enum EntitySlice {
    /// SHA-256 over the principal, its roles in any order, the resource and the bundle's entities.
    public static func digest(_ question: Question, in bundle: CompiledBundle) -> SHA256Digest {
        let slice: JSONValue = [
            "principal": [.string(question.principalType), .string(question.principal)],
            "roles": .array(Set(question.roles).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map(JSONValue.string)),
            "resource": [.string(question.resourceType), .string(question.resource)], "entities": .string(bundle.entitiesDigest.hex),
        ]
        return SHA256Digest(hashing: slice.encoded())
    }
}
