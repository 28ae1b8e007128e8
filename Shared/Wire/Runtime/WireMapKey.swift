/// What protobuf takes as the key of a map.
public protocol WireMapKey: Hashable, Sendable {
    /// The order in which entries are written, so that equal maps have equal bytes.
    static func stands(_ first: Self, before second: Self) -> Bool
}

extension WireMapKey where Self: Comparable {
    public static func stands(_ first: Self, before second: Self) -> Bool { first < second }
}

extension Int32: WireMapKey {}
extension Int64: WireMapKey {}
extension UInt32: WireMapKey {}
extension UInt64: WireMapKey {}

extension Bool: WireMapKey {
    public static func stands(_ first: Bool, before second: Bool) -> Bool { !first && second }
}

extension String: WireMapKey {
    /// By their UTF-8, as other implementations do it.
    public static func stands(_ first: String, before second: String) -> Bool {
        first.utf8.lexicographicallyPrecedes(second.utf8)
    }
}
