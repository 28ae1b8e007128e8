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
}
