/// What one message may cost its receiver.
public struct WireLimits: Hashable, Sendable {
    public var bytesMax: Int
    /// Of messages within messages; the outermost is at depth 1.
    public var depthMax: Int
    /// Fields and packed elements together.
    public var elementsMax: Int
    /// Of the arena that protobuf-c unpacks into: bounds how far small bytes can swell in memory.
    public var arenaBytesMax: Int

    public init(bytesMax: Int, depthMax: Int, elementsMax: Int, arenaBytesMax: Int) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
        self.elementsMax = elementsMax
        self.arenaBytesMax = arenaBytesMax
    }

    public static let standard = WireLimits(
        bytesMax: 4 << 20, depthMax: 100, elementsMax: 65_536, arenaBytesMax: 24 << 20)
}
