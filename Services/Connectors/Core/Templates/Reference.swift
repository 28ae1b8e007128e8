package import JSON

/// What stands between `${` and `}`: a path into the scope and, behind a bar, a filter.
package struct Reference: Sendable, Hashable {
    package enum Filter: String, Sendable {
        /// Text as an Atlassian document: a paragraph per block of lines.
        case atlassianDocument = "adf"
        /// A Slack channel without its number sign.
        case channelName = "channel-name"
    }

    package let path: [String]
    package let filter: Filter?

    init(_ text: Substring) throws(TemplateError) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
        guard (1...2).contains(parts.count), !parts[0].isEmpty else { throw TemplateError("${\(text)} is not a path with an optional filter") }
        path = parts[0].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard path.allSatisfy({ !$0.isEmpty }) else { throw TemplateError("${\(text)} has an empty step") }
        guard parts.count == 2 else {
            filter = nil
            return
        }
        guard let filter = Filter(rawValue: parts[1]) else { throw TemplateError("${\(text)} uses the unknown filter \(parts[1])") }
        self.filter = filter
    }

    /// Nil where the path leads nowhere.
    func value(in scope: JSONObject) -> JSONValue? {
        guard let value = JSONValue.object(scope).at(path) else { return nil }
        return switch filter {
        case nil: value
        case .atlassianDocument: AtlassianDocument.make(value.templateText ?? "")
        case .channelName: (value.templateText).map { .string($0.hasPrefix("#") ? String($0.dropFirst()) : $0) }
        }
    }
}

extension JSONValue {
    /// The value at the end of `path`, whose steps are member names or element numbers.
    package func at(_ path: some Sequence<String>) -> JSONValue? {
        var value = self
        for step in path {
            guard let next = value[step] ?? Int(step).flatMap({ value[$0] }) else { return nil }
            value = next
        }
        return value
    }

    /// As part of a text; nil for what has no plain form.
    var templateText: String? {
        switch self {
        case .string(let text): text
        case .int, .double, .bool: encodedString()
        case .null, .array, .object: nil
        }
    }
}

/// The Atlassian Document Format, version 1, as far as plain text needs it.
enum AtlassianDocument {
    static func make(_ text: String) -> JSONValue {
        let blocks = text.split(separator: "\n\n").map { block -> JSONValue in
            let lines = block.split(separator: "\n").map { line -> JSONValue in ["type": "text", "text": .string(String(line))] }
            let lineBreak: JSONValue = ["type": "hardBreak"]
            let content = lines.enumerated().flatMap { index, line in index == 0 ? [line] : [lineBreak, line] }
            return ["type": "paragraph", "content": .array(content)]
        }
        return ["type": "doc", "version": 1, "content": .array(blocks)]
    }
}
