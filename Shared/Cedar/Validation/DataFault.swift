/// Why an entity or a request does not fit a schema.
public struct DataFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The entity, or nil where it is the request.
    public let entity: EntityUID?
    /// The way to what is at fault, such as `attrs.address.street` or `context.ip`.
    public let path: String
    public let message: String
    public let suggestion: String?

    public var description: String {
        let subject = entity.map { "\($0)" } ?? "the request"
        return "\(subject)\(path.isEmpty ? "" : ", \(path)"): \(message)" + (suggestion.map { " (\($0))" } ?? "")
    }
}
