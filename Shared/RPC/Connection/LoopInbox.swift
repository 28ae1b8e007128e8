internal import NIOConcurrencyHelpers
internal import NIOCore

/// Carries messages from any thread to an event loop. However many are put in during one tick of the loop, it is woken once.
final class LoopInbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var isScheduled = false
    }

    private let state = NIOLockedValueBox(State())
    private let eventLoop: any EventLoop
    private let drain: @Sendable ([Message]) -> Void

    /// - Parameter drain: Runs on the event loop.
    init(eventLoop: any EventLoop, drain: @escaping @Sendable ([Message]) -> Void) {
        self.eventLoop = eventLoop
        self.drain = drain
    }

    func put(_ message: Message) {
        let mustSchedule = state.withLockedValue { state in
            state.messages.append(message)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard mustSchedule else { return }
        eventLoop.execute {
            let messages = self.state.withLockedValue { state in
                state.isScheduled = false
                let all = state.messages
                state.messages = []
                return all
            }
            self.drain(messages)
        }
    }
}
