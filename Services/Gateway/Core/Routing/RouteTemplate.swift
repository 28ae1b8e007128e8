/// A path with places for values, as OpenAPI writes it: `/v1/runs/{id}`.
public struct RouteTemplate: Sendable, Hashable, CustomStringConvertible {
    enum Segment: Sendable, Hashable {
        case literal(Substring)
        case parameter(String)
    }

    let segments: [Segment]
    public let description: String

    public init(_ text: String) {
        description = text
        segments = Self.split(text).map { part in
            part.hasPrefix("{") && part.hasSuffix("}") ? .parameter(String(part.dropFirst().dropLast())) : .literal(part)
        }
    }

    public var parameterNames: [String] { segments.compactMap { if case .parameter(let name) = $0 { name } else { nil } } }

    /// Empty segments count, so that `/v1/runs/` asks for a run whose id is empty; the path `/` has none.
    static func split(_ path: some StringProtocol) -> [Substring] {
        path == "/" ? [] : Substring(path).split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { $0 }
    }

    /// The still encoded text of each place, or nil where the path is another.
    func match(_ path: [Substring]) -> [(name: String, text: Substring)]? {
        guard path.count == segments.count else { return nil }
        var values: [(name: String, text: Substring)] = []
        for (segment, text) in zip(segments, path) {
            switch segment {
            case .literal(let literal): guard literal == text else { return nil }
            case .parameter(let name): values.append((name, text))
            }
        }
        return values
    }

    /// Of two that match, the one whose first difference is a literal: `/v1/flows/validate` before `/v1/flows/{name}`.
    func isMoreSpecific(than other: RouteTemplate) -> Bool {
        for (a, b) in zip(segments, other.segments) {
            switch (a, b) {
            case (.literal, .parameter): return true
            case (.parameter, .literal): return false
            default: continue
            }
        }
        return false
    }
}
