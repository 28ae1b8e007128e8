/// The names that schemas use, as JSON carries them and as Cedar keeps them for itself.
enum SchemaNames {
    static let action = "Action"
    static let primitives = ["Bool", "Long", "String"]
    /// The words of the JSON syntax: no common type can be named by them.
    static let keywords: Set<String> = ["Bool", "Boolean", "Entity", "Extension", "Long", "Record", "Set", "String"]

    /// Whether a part of a name is Cedar's own namespace.
    static func isReserved(_ name: Text) -> Bool { name.string.split(separator: ":").contains { $0 == TypeName.reservedNamespace } }

    static func qualified(_ name: Text, in namespace: Text) -> Text {
        namespace.string.isEmpty ? name : Text("\(namespace)::\(name)")
    }

    static func isQualified(_ name: Text) -> Bool { name.string.utf8.contains(UInt8(ascii: ":")) }

    /// The name of a type in `namespace`, Cedar's own also: what a reference may be.
    static func isPath(_ name: String) -> Bool {
        let own = TypeName.reservedNamespace
        return name.split(separator: ":", omittingEmptySubsequences: false).count % 2 == 1
            && TypeName.parse(name.replacing(own)) != nil
    }
}

extension String {
    /// With each part that is Cedar's own namespace replaced by a name that may be declared, so that only the form is left to be judged.
    fileprivate func replacing(_ part: String) -> String {
        utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { piece in
            let piece = String(decoding: piece, as: UTF8.self)
            return piece == part ? "cedar" : piece
        }.joined(separator: ":")
    }
}

extension TypeName {
    /// Whether an entity type is one of actions.
    static func isAction(_ type: Text) -> Bool {
        let utf8 = type.string.utf8
        guard utf8.count > 8 else { return type.string == SchemaNames.action }
        return type.string.hasSuffix("::Action")
    }
}
