internal import Foundation
internal import JSON

/// One figure as `make bench` prints it.
struct BenchLine {
    let area: String
    let metric: String
    let value: Double
    let unit: String
    let target: Double?
    /// Whether a smaller value is the better one.
    var lowerIsBetter = true
    /// Set where the run did not offer its rate, so that the value says nothing.
    var isInvalid = false

    var verdict: String {
        if isInvalid { return "INVALID" }
        guard let target else { return "recorded" }
        return (lowerIsBetter ? value <= target : value >= target) ? "met" : "missed"
    }

    var text: String {
        let target = target.map(Self.number) ?? "none"
        return "BENCH \(area).\(metric) value=\(Self.number(value)) unit=\(unit) peer=none:0 ratio=0 target=\(target) \(verdict)"
    }

    var json: JSONValue {
        [
            "metric": .string("\(area).\(metric)"), "value": .double(value), "unit": .string(unit),
            "target": target.map { .double($0) } ?? .null, "verdict": .string(verdict),
        ]
    }

    private static func number(_ value: Double) -> String { String(format: "%.3g", value) == "0" ? "0" : String(format: "%.2f", value) }
}

/// Writes the figures of one area where the next run can be held against them.
enum BenchReport {
    static func write(_ lines: [BenchLine], area: String, to folder: String) throws {
        let report: JSONValue = [
            "area": .string(area), "time": .string(ISO8601DateFormatter().string(from: Date())),
            "metrics": .array(lines.map(\.json)),
        ]
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(report.encoded() + [0x0A]).write(to: URL(filePath: "\(folder)/\(area).json"))
    }
}
