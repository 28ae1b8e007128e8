/// The text of server-sent events (WHATWG HTML §9.2).
public enum ServerSentEvent {
    /// - Parameter data: May have any line ends; each line becomes one of its own.
    public static func text(id: UInt64, kind: String, data: String) -> String {
        let lines = data.split(omittingEmptySubsequences: false) { $0.isNewline }.map { "data: \($0)\n" }.joined()
        // A line end in a kind would begin another field.
        return "id: \(id)\nevent: \(kind.filter { !$0.isNewline })\n\(lines)\n"
    }

    /// Sets the id that a reconnect sends, without an event.
    public static func position(_ id: UInt64) -> String { "id: \(id)\n\n" }

    public static let heartbeat = ": still here\n\n"

    /// How long a browser waits before it connects again, in milliseconds.
    public static let retry = "retry: 2000\n\n"

    /// Where `Last-Event-ID` lets the stream go on.
    public static func position(lastEventID: String) throws(Problem) -> UInt64 {
        guard let id = UInt64(lastEventID), id <= UInt64(Int64.max) else {
            throw .invalid("Last-Event-ID", "is not one of ours", fix: "send the id of the last event, or leave it out")
        }
        return id
    }
}
