public import FoundationEssentials
public import JSON

/// Something that happened at a vendor's and cannot be taken back by asking again.
public struct Effect: Sendable, Hashable {
    public var sequence: Int
    public var time: Date
    public var vendor: String
    /// For example `issue.create`.
    public var verb: String
    /// What it happened to, as the caller named it.
    public var target: String
    /// What the vendor calls the thing that came of it.
    public var id: String
    public var content: JSONObject
    /// The caller's own mark, where it left one: two effects with one mark are one action done twice.
    public var marker: String?

    /// Only `id`, `seq` and `at` differ between two effects of the same request.
    public var json: JSONValue {
        [
            "seq": .int(Int64(sequence)), "at": .string(time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))),
            "id": .string(id), "vendor": .string(vendor), "verb": .string(verb), "target": .string(target), "content": .object(content),
            "marker": marker.map { .string($0) } ?? .null,
        ]
    }
}

/// Every effect in order. It outlives no process and nothing is ever taken out of it but by a reset.
public struct EffectJournal: Sendable {
    public private(set) var effects: [Effect] = []

    init() {}

    mutating func append(
        _ vendor: String, _ verb: String, target: String, id: String, content: JSONObject, marker: String?, at time: Date
    ) {
        effects.append(
            Effect(
                sequence: effects.count + 1, time: time, vendor: vendor, verb: verb, target: target, id: id, content: content, marker: marker))
    }

    /// Marks that stand on more than one effect of the same kind, with how often.
    public var doubled: [(marker: String, verb: String, count: Int)] {
        let marked = effects.filter { $0.marker != nil }
        let groups = Dictionary(grouping: marked) { "\($0.marker ?? "") \($0.vendor).\($0.verb)" }
        return groups.values.filter { $0.count > 1 }
            .map { ($0[0].marker ?? "", "\($0[0].vendor).\($0[0].verb)", $0.count) }
            .sorted { $0.marker < $1.marker }
    }
}
