public import JSON

/// What became of everything in a definition of another language.
public struct ImportReport: Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case mapped
        /// It became something that is not quite the same; the note says in what it differs.
        case approximated = "mapped with a difference"
        /// It is not in the document; the note says why, and what to do instead.
        case notMapped = "not mapped"
    }

    public struct Entry: Hashable, Sendable {
        public var outcome: Outcome
        /// In the words of the source language: `Retry.JitterStrategy`, `boundaryEvent`.
        public var construct: String
        /// Where it stands: a JSON pointer, or the element with its id.
        public var path: String
        /// Zero where it is not known.
        public var line: Int
        /// The node that it became or belongs to; empty where there is none.
        public var node: String
        public var note: String
    }

    /// Why a definition is none of its language.
    public struct Refusal: Hashable, Sendable {
        public var path: String
        public var line: Int
        public var reason: String
    }

    public var entries: [Entry] = []
    public var refusals: [Refusal] = []

    public func count(_ outcome: Outcome) -> Int { entries.count { $0.outcome == outcome } }

    public var summary: String {
        "\(count(.mapped)) mapped, \(count(.approximated)) mapped with a difference, \(count(.notMapped)) not mapped"
    }
}

extension ImportReport.Entry: CustomStringConvertible {
    public var description: String {
        let place = path + (line > 0 ? " (line \(line))" : "")
        let became = node.isEmpty ? "" : " -> node '\(node)'"
        return "\(outcome.rawValue): \(construct) at \(place)\(became)" + (note.isEmpty ? "" : ": \(note)")
    }
}

extension ImportReport.Refusal: CustomStringConvertible {
    public var description: String { "refused: \(path.isEmpty ? "the definition" : path)\(line > 0 ? " (line \(line))" : ""): \(reason)" }
}

/// A definition that was read: a draft of a flow, and the report of how it came about.
public struct ImportedFlow: Sendable {
    /// Nil where the definition was refused.
    public var document: JSONValue?
    public var report: ImportReport
}

/// The lines of a source, by JSON pointer.
public typealias SourceLines = [String: Int]

extension [String: Int] {
    /// Of the pointer, or of the nearest thing around it; 0 where nothing is known.
    public func line(of pointer: String) -> Int {
        var path = pointer[...]
        while true {
            if let line = self[String(path)] { return line }
            guard let slash = path.lastIndex(of: "/") else { return 0 }
            path = path[..<slash]
        }
    }
}
