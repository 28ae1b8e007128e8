/// What a listener is told.
public enum ListenerEvent: Sendable, Hashable {
    /// LISTEN stands: what is notified from now on arrives.
    case listening
    /// Notifications may have been lost, because the connection broke or because more came than were taken. Comes before the next
    /// ``listening`` after a loss: look at the tables for what a notification would have told.
    case mayHaveMissed
    case notification(PostgresNotification)
}

public struct PostgresNotification: Sendable, Hashable {
    public let channel: String
    public let payload: String

    public init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}

/// Events that wait for the listener. Bounded: where more come than it takes, they are given up for the one word that says so.
struct ListenerBuffer {
    private let capacity: Int
    private var events: [ListenerEvent] = []
    private var head = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func append(_ event: ListenerEvent) {
        guard events.count - head < capacity else {
            events = [.mayHaveMissed]
            head = 0
            return
        }
        events.append(event)
    }

    mutating func next() -> ListenerEvent? {
        guard head < events.count else { return nil }
        defer {
            head += 1
            if head == events.count {
                events = []
                head = 0
            }
        }
        return events[head]
    }
}
