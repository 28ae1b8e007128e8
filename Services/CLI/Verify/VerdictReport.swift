internal import Receipts

/// A verdict as text: one line for each receipt, then what holds for the whole.
struct VerdictReport {
    let text: String

    init(_ verdict: Verdict) {
        var lines: [String] = []
        if !verdict.run.isEmpty {
            lines.append("run       \(verdict.run)")
            lines.append("log       \(verdict.origin)")
        }
        lines.append("keys      " + (verdict.keysArePinned ? "pinned by you" : "taken from the bundle itself; pin them with --trust FILE"))
        let width = verdict.receipts.map(\.outcome.name.utf8.count).max() ?? 0
        for receipt in verdict.receipts {
            let place = receipt.index.map { "#\($0)" } ?? "-"
            let what = "\(receipt.kind) by \(receipt.service), \(receipt.id)"
            lines.append("\(Self.padded(place, 9)) \(Self.padded(receipt.outcome.name, width))  \(what)")
            // The ordinary case is said once, in the summary.
            if case .level = receipt.outcome { continue }
            lines.append("          \(receipt.reason)")
        }
        if let place = verdict.receipts.first(where: { $0.outcome == verdict.receipts.last?.outcome })?.reason, !place.isEmpty,
            verdict.receipts.allSatisfy({ $0.reason == place })
        {
            lines.append("each      \(place)")
        }
        lines += verdict.notes.map { "set       \($0)" }
        lines.append("verdict   \(verdict.outcome.name): \(verdict.reason)")
        text = lines.joined(separator: "\n")
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.utf8.count))
    }
}
