/// The headers of a delivery, by name without regard to case. One that was sent twice counts as absent: which of the two a signature
/// covers would be a guess.
package struct WebhookHeaders: Sendable {
    private let values: [String: [String]]

    package init(_ headers: some Sequence<(name: String, value: String)>) {
        values = Dictionary(grouping: headers) { $0.name.lowercased() }.mapValues { $0.map(\.value) }
    }

    package subscript(name: String) -> String? {
        guard let found = values[name.lowercased()], found.count == 1 else { return nil }
        return found[0]
    }
}
