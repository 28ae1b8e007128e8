public import FoundationEssentials

/// An identifier of one kind of thing, so that a run's id cannot be passed where a tenant's is meant.
public protocol Identifier: RawRepresentable, Hashable, Sendable, CustomStringConvertible, LosslessStringConvertible, Comparable
where RawValue == UUID {
    init(rawValue: UUID)
}

extension Identifier {
    /// A new time-ordered identifier.
    public static func make() -> Self { Self(rawValue: UUIDv7.make()) }

    /// Nil unless `description` is a UUID in RFC 9562's text form.
    public init?(_ description: String) {
        guard let uuid = UUID(uuidString: description) else { return nil }
        self.init(rawValue: uuid)
    }

    /// Nil unless there are exactly 16 bytes, as the wire carries them.
    public init?(bytes: some Collection<UInt8>) {
        guard let uuid = UUID(bytes: bytes) else { return nil }
        self.init(rawValue: uuid)
    }

    public var bytes: [UInt8] { rawValue.bytes }
    public var description: String { rawValue.lowercased }

    public static func < (a: Self, b: Self) -> Bool { a.bytes.lexicographicallyPrecedes(b.bytes) }
}

/// A customer, or a client workspace of an agency: the unit of isolation.
public struct TenantID: Identifier {
    public let rawValue: UUID
    public init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One execution of a flow version.
public struct RunID: Identifier {
    public let rawValue: UUID
    public init(rawValue: UUID) { self.rawValue = rawValue }
}

/// A task or approval that waits for a person.
public struct TaskID: Identifier {
    public let rawValue: UUID
    public init(rawValue: UUID) { self.rawValue = rawValue }
}

/// A signed statement about one event.
public struct ReceiptID: Identifier {
    public let rawValue: UUID
    public init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One answer of the policy service.
public struct DecisionID: Identifier {
    public let rawValue: UUID
    public init(rawValue: UUID) { self.rawValue = rawValue }
}
