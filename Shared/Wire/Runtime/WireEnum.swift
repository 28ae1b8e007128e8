/// An open enumeration: values of a newer schema are kept as `unrecognized`.
public protocol WireEnum: Sendable, Hashable, RawRepresentable where RawValue == Int32 {
    /// The value numbered 0.
    init()
    init(rawValue: Int32)
}
