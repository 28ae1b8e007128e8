internal import NIOCore

/// A call that a connection has taken on and that has not come to its end.
struct ServedCall {
    enum Phase {
        /// For its turn. May become running or leaving.
        case waiting(AdmissionTicket, ServerCore.Admissible)
        /// Its caller has been answered, but its turn is on the way: the place has to be given back.
        case leaving
        /// May become returned.
        case running(Task<Void, Never>)
        /// What is left is to send this.
        case returned(Result<ByteBuffer, RPCError>)
    }

    var phase: Phase
    var received: ReceivedCall
    var messages: MessageStream?
    /// And so its end has been told.
    var isAnswered = false
}
