/// Text that looks otherwise than it is: marks that turn the direction of writing hide what a policy says from who reads it.
enum ConfusableText {
    static func check(_ body: PolicyBody) -> [ConditionChecker.Fault] {
        var faults: [ConditionChecker.Fault] = []
        for node in body.tree.nodes {
            for text in texts(node.kind) where text.string.unicodeScalars.contains(where: isHidden) {
                faults.append(
                    .init(
                        code: .confusableText, span: node.span,
                        message: "\(text.quoted) has marks that change the direction of writing, or that cannot be seen",
                        suggestion: "write them as `\\u{…}`"))
            }
        }
        return faults
    }

    private static func texts(_ kind: Expression.Kind) -> [Text] {
        switch kind {
        case .literal(.string(let text)): [text]
        case .literal(.entity(let uid)): [uid.id]
        case .attribute(_, let name): [name]
        case .has(_, let path): path
        case .record(let members): members.map(\.key)
        case .like(_, let pattern):
            [
                Text(
                    String(
                        String.UnicodeScalarView(
                            pattern.elements.compactMap { element in
                                if case .scalar(let scalar) = element { scalar } else { nil }
                            })))
            ]
        default: []
        }
    }

    /// Bidirectional controls, and what has no width.
    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x202A...0x202E, 0x2066...0x2069, 0x200B, 0x2060, 0xFEFF: true
        default: false
        }
    }
}
