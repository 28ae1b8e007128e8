public import JSON

/// What differs between two flow documents in meaning: nodes by their id, and what stands in them. Layout and order are no meaning,
/// but for the order of a list.
public enum FlowDifference {
    public struct Change: Hashable, Sendable {
        public enum Kind: String, Sendable { case added, removed, changed }

        public var kind: Kind
        /// Empty for the document itself.
        public var node: String
        /// JSON pointer into the node or document; empty for a whole node.
        public var path: String
        public var before: JSONValue?
        public var after: JSONValue?
    }

    /// In the order of the later document; what was removed comes last.
    public static func changes(from before: JSONValue, to after: JSONValue) -> [Change] {
        var changes = compare(header(before), header(after), node: "", at: "")
        let (old, new) = (nodes(before), nodes(after))
        let known = Dictionary(old, uniquingKeysWith: { first, _ in first })
        let kept = Set(new.map(\.0))
        for (id, node) in new {
            if let earlier = known[id] {
                changes += compare(earlier, node, node: id, at: "")
            } else {
                changes.append(Change(kind: .added, node: id, path: "", before: nil, after: node))
            }
        }
        return changes + old.filter { !kept.contains($0.0) }.map { Change(kind: .removed, node: $0.0, path: "", before: $0.1, after: nil) }
    }

    private static func header(_ document: JSONValue) -> JSONValue {
        var members = document.objectValue ?? [:]
        members.removeValue(forKey: "nodes")
        members.removeValue(forKey: "layout")
        return .object(members)
    }

    private static func nodes(_ document: JSONValue) -> [(String, JSONValue)] {
        (document["nodes"]?.arrayValue ?? []).enumerated().map { ($0.element["id"]?.stringValue ?? "#\($0.offset)", $0.element) }
    }

    private static func compare(_ before: JSONValue, _ after: JSONValue, node: String, at path: String) -> [Change] {
        if before == after { return [] }
        switch (before, after) {
        case (.object(let old), .object(let new)):
            return new.flatMap { name, value -> [Change] in
                let at = "\(path)/\(name.pointerToken)"
                guard let earlier = old[name] else { return [Change(kind: .added, node: node, path: at, before: nil, after: value)] }
                return compare(earlier, value, node: node, at: at)
            }
                + old.filter { new[$0.key] == nil }.map {
                    Change(kind: .removed, node: node, path: "\(path)/\($0.key.pointerToken)", before: $0.value, after: nil)
                }
        case (.array(let old), .array(let new)) where old.count == new.count:
            return zip(old, new).enumerated().flatMap { compare($0.element.0, $0.element.1, node: node, at: "\(path)/\($0.offset)") }
        default: return [Change(kind: .changed, node: node, path: path, before: before, after: after)]
        }
    }
}

extension FlowDifference.Change: CustomStringConvertible {
    public var description: String {
        let place = node.isEmpty ? "the document" : "node '\(node)'"
        switch kind {
        case .added where path.isEmpty: return "added \(place) (\(after?["type"]?.stringValue ?? "?"))"
        case .removed where path.isEmpty: return "removed \(place) (\(before?["type"]?.stringValue ?? "?"))"
        case .added: return "changed \(place): \(path) added: \(Self.text(after))"
        case .removed: return "changed \(place): \(path) removed: \(Self.text(before))"
        case .changed: return "changed \(place): \(path): \(Self.text(before)) -> \(Self.text(after))"
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        let text = value?.encodedString() ?? ""
        return text.count > 200 ? "\(text.prefix(200))…" : text
    }
}
