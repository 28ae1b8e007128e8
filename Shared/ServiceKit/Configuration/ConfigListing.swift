/// What `--print-config` prints: every key that the service reads, with its value and where that came from, one to a line. Secrets
/// are redacted.
public struct ConfigListing: Sendable, Hashable, CustomStringConvertible {
    public internal(set) var values: [String: ConfigValue] = [:]

    public var description: String {
        let rows = values.sorted { $0.key < $1.key }
        let keys = rows.map(\.key.count).max() ?? 0
        let texts = min(60, rows.map(\.value.text.count).max() ?? 0)
        return rows.map { key, value in
            Self.padded(key, keys) + "  " + Self.padded(value.text, texts) + "  " + value.source.description
        }.joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
}
