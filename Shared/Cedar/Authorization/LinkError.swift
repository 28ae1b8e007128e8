/// Why a template cannot be linked, or two sets cannot be one.
public enum LinkError: Error, Hashable, Sendable, CustomStringConvertible {
    case noSuchTemplate(PolicyID)
    case noSuchLink(PolicyID)
    case idIsTaken(PolicyID)
    case wrongSlots(template: PolicyID, expected: [Slot], found: [Slot])

    public var description: String {
        switch self {
        case .noSuchTemplate(let id): "there is no template \"\(id)\""
        case .noSuchLink(let id): "there is no linked policy \"\(id)\""
        case .idIsTaken(let id): "the id \"\(id)\" is taken"
        case .wrongSlots(let id, let expected, let found):
            "the template \"\(id)\" has the slots \(Self.list(expected)); values are given for \(Self.list(found))"
        }
    }

    private static func list(_ slots: [Slot]) -> String {
        slots.isEmpty ? "none" : slots.map(\.rawValue).joined(separator: " and ")
    }
}
