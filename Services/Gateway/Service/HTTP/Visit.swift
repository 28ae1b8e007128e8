internal import Hummingbird
internal import RPC

/// A request on its way in: found to be for one route, nothing of it checked yet but the path.
struct Visit: Sendable {
    let request: Request
    let parameters: [String: String]
    let trace: TraceContext
    /// Of the other end of the connection.
    let address: String
    /// Set where the endpoint wants one.
    var session: Session?

    var path: String { request.uri.path }
    func text(_ name: String) -> String { parameters[name] ?? "" }
}
