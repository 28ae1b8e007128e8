/// What one frame may cost its receiver; checked before anything is buffered.
package struct FrameLimits: Hashable, Sendable {
    package var metadataBytesMax: Int
    package var messageBytesMax: Int

    package init(metadataBytesMax: Int = 16 << 10, messageBytesMax: Int = 4 << 20) {
        self.metadataBytesMax = metadataBytesMax
        self.messageBytesMax = messageBytesMax
    }

    package static let standard = FrameLimits()

    /// A hello lists every method of a service by name.
    private static let helloBytesMax = 64 << 10

    func payloadMax(of type: FrameType) -> Int {
        switch type {
        case .request, .response, .data: messageBytesMax
        case .hello: Self.helloBytesMax
        case .ping, .pong: 8
        case .end, .cancel, .window, .goAway: 0
        }
    }
}
