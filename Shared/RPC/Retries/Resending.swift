/// The transparent retry: what the server certainly did not serve may be sent elsewhere, once, whatever the method.
enum Resending {
    enum Loss: Equatable {
        /// No byte of it was written.
        case unwritten
        /// Its stream is above the last one that the server's GOAWAY says it served.
        case unserved
        /// It was written, so it may have run.
        case unanswered
    }

    /// - Parameters:
    ///   - wasResent: It was sent again before.
    ///   - isWhole: All that was sent of it is at hand.
    static func permits(_ loss: Loss, wasResent: Bool, isWhole: Bool) -> Bool {
        switch loss {
        case .unwritten, .unserved: !wasResent && isWhole
        case .unanswered: false
        }
    }
}
