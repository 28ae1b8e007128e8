internal import GatewayCore
internal import HTTPTypes
internal import Identity
internal import JSON
internal import RPC
internal import Trust
internal import Wire

/// One checked request: its parameters have their shapes, its body is the endpoint's, its session stands.
struct Exchange: Sendable {
    let method: String
    let path: String
    /// The name and port by which the caller reached us, as it says.
    let authority: String?
    let headers: HTTPFields
    let parameters: [String: String]
    let query: [String: String]
    let body: JSONValue
    let rawBody: [UInt8]
    let session: Session?
    /// Names the effect to other services, of keyed writes only: derived from tenant, person and key, so that nobody can meet the
    /// key of somebody else.
    let effectKey: String?
    /// Tenant, person and delegation for the mesh; empty for open endpoints.
    let options: CallOptions

    func requireSession() throws(Problem) -> Session {
        guard let session else { throw .unauthenticated }
        return session
    }

    /// As ``options``, with the effect's key, so that a repeated write has one effect all the way down.
    var writeOptions: CallOptions {
        var options = options
        options.idempotencyKey = effectKey
        return options
    }

    /// A path parameter of shape `uuid`.
    func id<ID: Identifier>(_ name: String, as type: ID.Type = ID.self) throws(Problem) -> ID {
        guard let id = parameters[name].flatMap({ ID($0) }) else { throw .invalid(name, "is not an id", fix: "send a UUID in lower case") }
        return id
    }

    func text(_ name: String) -> String { parameters[name] ?? "" }
    func optionalID<ID: Identifier>(query name: String, as type: ID.Type = ID.self) -> ID? { query[name].flatMap { ID($0) } }
}

// MARK: Pages of a list

extension Exchange {
    func page() throws(Problem) -> CommonV1.Page {
        CommonV1.Page(cursor: try cursor(), limit: UInt32(limit))
    }

    /// A page of a list that the service gives whole.
    func page<Item>(of all: [Item], _ json: (Item) -> JSONValue) throws(Problem) -> JSONValue {
        let part = try CursorSlice.part(of: all, cursor: try cursor(), limit: limit)
        return .page(part.items.map(json), cursor: part.next)
    }

    /// Held to its range by the endpoint's shape.
    private var limit: Int { query["limit"].flatMap { Int($0) } ?? CursorSlice.limitDefault }

    private func cursor() throws(Problem) -> [UInt8] {
        guard let text = query["cursor"] else { return [] }
        guard let bytes = Base64.decodeURL(text), !bytes.isEmpty else { throw .cursor }
        return bytes
    }
}
