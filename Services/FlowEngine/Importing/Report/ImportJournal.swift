internal import CEL
internal import FlowEngineCore
internal import JSON

/// Notes what becomes of a definition while it is read, each time with the line.
struct ImportJournal {
    let lines: SourceLines
    private(set) var report = ImportReport()
    /// One definition has so many findings at the most: a hostile one does not fill the memory.
    static let entriesMax = 20_000

    private var paths: Set<String> = []

    init(lines: SourceLines) { self.lines = lines }

    mutating func mapped(_ construct: String, _ path: String, node: String = "", _ note: String = "") { add(.mapped, construct, path, node, note) }
    mutating func approximated(_ construct: String, _ path: String, node: String = "", _ note: String) {
        add(.approximated, construct, path, node, note)
    }
    mutating func notMapped(_ construct: String, _ path: String, node: String = "", _ note: String) { add(.notMapped, construct, path, node, note) }

    mutating func refuse(_ path: String, _ reason: String) {
        guard report.refusals.count < 1_000 else { return }
        report.refusals.append(ImportReport.Refusal(path: path, line: lines.line(of: path), reason: reason))
    }

    var isRefused: Bool { !report.refusals.isEmpty }

    /// Whether there is a finding about this place, or about something in it.
    func knows(_ path: String) -> Bool { paths.contains(path) }

    private mutating func add(_ outcome: ImportReport.Outcome, _ construct: String, _ path: String, _ node: String, _ note: String) {
        guard report.entries.count < Self.entriesMax else { return }
        var around = path[...]
        while paths.insert(String(around)).inserted, let slash = around.lastIndex(of: "/") { around = around[..<slash] }
        report.entries.append(
            ImportReport.Entry(outcome: outcome, construct: construct, path: path, line: lines.line(of: path), node: node, note: note))
    }

    /// Refuses what a language does not know in this place, with the name that was probably meant.
    mutating func refuseUnknown(_ members: JSONObject, known: [String], in what: String, at path: String) {
        for field in members.keys where !known.contains(field) {
            let meant = Spelling.nearest(to: field, in: known).map { "; did you mean '\($0)'?" } ?? ""
            refuse("\(path)/\(field.pointerToken)", "\(what) has no field '\(field)'\(meant)")
        }
    }

    /// What became nodes that nothing leads to did not become anything.
    mutating func settle(_ kept: Set<String>) {
        for (index, entry) in report.entries.enumerated() where !entry.node.isEmpty && !kept.contains(entry.node) {
            report.entries[index].node = ""
            guard entry.outcome != .notMapped else { continue }
            report.entries[index].outcome = .notMapped
            report.entries[index].note = "nothing in the draft leads to it"
        }
    }

    /// Whatever of `members` has no finding yet: what was asked for is mapped, what was not is said to be left out.
    mutating func close(_ fields: SourceFields, _ construct: String, node: String = "") {
        for field in fields.members.keys where !knows(fields.at(field)) {
            if fields.known.contains(field) {
                mapped("\(construct).\(field)", fields.at(field), node: node)
            } else {
                notMapped(
                    "\(construct).\(field)", fields.at(field), node: node, "the importer does not know this field; write it into the draft by hand")
            }
        }
    }
}

/// The members of one object of a definition, with those that were asked for.
struct SourceFields {
    let members: JSONObject
    let path: String
    private(set) var known: Set<String> = []

    init(_ value: JSONValue?, at path: String) {
        members = value?.objectValue ?? [:]
        self.path = path
    }

    func at(_ field: String) -> String { "\(path)/\(field.pointerToken)" }

    subscript(field: String) -> JSONValue? {
        mutating get {
            known.insert(field)
            return members[field]
        }
    }

    mutating func string(_ field: String) -> String? { self[field]?.stringValue }
}
