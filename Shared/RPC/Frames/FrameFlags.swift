package struct FrameFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The message goes on in DATA frames of the same stream, the last of which lacks this flag.
    package static let more = FrameFlags(rawValue: 1)
    /// The client has further messages for this stream. A REQUEST of one message has no need to say anything.
    package static let open = FrameFlags(rawValue: 2)
    /// The frame carries no message: it opens a stream before the first one, or says after the last that there is no other.
    package static let bare = FrameFlags(rawValue: 4)
    static let known: FrameFlags = [.more, .open, .bare]
}
