extension String {
    package var isNodeID: Bool {
        guard let first = utf8.first, utf8.count <= 63 else { return false }
        return ("a"..."z").contains(Character(Unicode.Scalar(first)))
            && unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
    }

    /// A flow's name: as a node id, with hyphens.
    package var isFlowName: Bool {
        guard let first = utf8.first, utf8.count <= 63 else { return false }
        return ("a"..."z").contains(Character(Unicode.Scalar(first)))
            && unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" }
    }

    package var asNodeID: String {
        String(
            String.UnicodeScalarView(lowercased().unicodeScalars.prefix(63).map { ("a"..."z").contains($0) || ("0"..."9").contains($0) ? $0 : "_" }))
    }

    var asTitle: String {
        let words = split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension String {
    /// As CEL names a member: letters, digits and `_`, no digit first.
    public var isVariableName: Bool {
        guard let first = unicodeScalars.first, utf8.count <= 63, !("0"..."9").contains(first) else { return false }
        return unicodeScalars.allSatisfy { ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
    }
}
