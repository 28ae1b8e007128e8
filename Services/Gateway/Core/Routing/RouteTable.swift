/// Finds the route of a request. Values are decoded here and nowhere else, so that no handler meets a NUL or bad UTF-8.
public struct RouteTable<Route: Sendable>: Sendable {
    public struct Entry: Sendable {
        public let method: String
        public let template: RouteTemplate
        public let route: Route
    }

    public enum Match: Sendable {
        case found(Entry, parameters: [String: String])
        case methodNotAllowed([String])
        case notFound
        case malformed(Entry, Problem)
    }

    public private(set) var entries: [Entry] = []

    public init() {}

    public mutating func add(_ method: String, _ template: String, _ route: Route) {
        let entry = Entry(method: method, template: RouteTemplate(template), route: route)
        precondition(
            !entries.contains { $0.method == method && $0.template.description == template }, "\(method) \(template) stands in the table twice")
        let position = entries.firstIndex { entry.template.isMoreSpecific(than: $0.template) } ?? entries.endIndex
        entries.insert(entry, at: position)
    }

    /// - Parameter path: As it came, without the query. `HEAD` is answered where `GET` is.
    public func match(method: String, path: some StringProtocol) -> Match {
        let segments = RouteTemplate.split(path)
        let matching = entries.filter { $0.template.match(segments) != nil }
        guard !matching.isEmpty else { return .notFound }
        let wanted = method == "HEAD" ? "GET" : method
        guard let entry = matching.first(where: { $0.method == wanted }) else {
            return .methodNotAllowed(Set(matching.map(\.method)).sorted())
        }
        var parameters: [String: String] = [:]
        for (name, text) in entry.template.match(segments) ?? [] {
            guard let value = PercentText.decode(text), !value.isEmpty else {
                let fix = "send the \(name) as the API gave it"
                return .malformed(entry, .invalid(name, "is empty, not valid UTF-8, or has a control character", fix: fix))
            }
            parameters[name] = value
        }
        return .found(entry, parameters: parameters)
    }
}
