/// What ends a connection: after it, the bytes that follow cannot be trusted to mean anything.
package enum FrameError: Error, Hashable, Sendable {
    case unknownType(UInt8)
    case unknownFlags(UInt8)
    case metadataBeyondFrame
    case metadataTooLong(Int)
    case tooLong(Int)
    case wrongStream(FrameType, UInt32)
    case malformedHello
    case malformedMetadata
    /// A frame that is well-formed and not expected here.
    case unexpected(FrameType)
    case incompatibleVersion
    /// More than the receiver granted.
    case beyondWindow
    /// A grant of nothing, or of more than a window may hold.
    case badWindow(UInt32)
    /// Flags that say opposite things, or a part without bytes.
    case malformedMessage
    /// The parts of one message are more than a message may be. Ends the stream only.
    case messageTooLong
}
