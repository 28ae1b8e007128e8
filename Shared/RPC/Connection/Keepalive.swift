package import NIOCore

/// Decides when a silent connection is asked whether it lives. Pure: times are handed in.
package struct Keepalive: Sendable {
    package struct Settings: Sendable {
        package var idle: TimeAmount = .seconds(30)
        package var answer: TimeAmount = .seconds(10)
        package init() {}
    }

    package enum Action: Equatable {
        case wait(until: NIODeadline)
        case ping(thenWaitUntil: NIODeadline)
        case dead
    }

    private let settings: Settings
    private var lastHeard: NIODeadline
    private var pinged: NIODeadline?

    package init(settings: Settings, now: NIODeadline) {
        self.settings = settings
        lastHeard = now
    }

    /// Any byte from the peer proves that it lives.
    package mutating func heard(now: NIODeadline) {
        lastHeard = now
        pinged = nil
    }

    package mutating func check(now: NIODeadline) -> Action {
        if let pinged {
            return now >= pinged + settings.answer ? .dead : .wait(until: pinged + settings.answer)
        }
        guard now >= lastHeard + settings.idle else { return .wait(until: lastHeard + settings.idle) }
        pinged = now
        return .ping(thenWaitUntil: now + settings.answer)
    }
}
