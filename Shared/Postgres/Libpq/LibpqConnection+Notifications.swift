internal import CPq

extension LibpqConnection {
    /// Of those that have been read from the socket.
    func nextNotification() -> PostgresNotification? {
        guard let notification = PQnotifies(handle) else { return nil }
        defer { PQfreemem(notification) }
        return PostgresNotification(
            channel: String(cString: notification.pointee.relname), payload: notification.pointee.extra.map { String(cString: $0) } ?? "")
    }
}
