/// What a frame is for.
package enum FrameType: UInt8, Sendable, CaseIterable {
    /// First in each direction: versions, service, limits, method table.
    case hello = 1
    /// Opens a stream; the header's code is the method's id.
    case request = 2
    /// Ends a unary stream; the header's code is the status.
    case response = 3
    /// A further part of a streamed or fragmented message.
    case data = 4
    /// Ends a streaming call; the header's code is the status.
    case end = 5
    /// The caller no longer wants the stream.
    case cancel = 6
    /// Grants the peer more bytes on a stream; the header's code is the number.
    case window = 7
    case ping = 8
    case pong = 9
    /// No new streams; the header's stream id is the last one that will be served, its code is a status.
    case goAway = 10

    /// Hello, ping, pong and going away concern the connection; all others concern one stream.
    var concernsStream: Bool {
        switch self {
        case .hello, .ping, .pong, .goAway: false
        case .request, .response, .data, .end, .cancel, .window: true
        }
    }
}
