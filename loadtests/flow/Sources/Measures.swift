internal import Foundation
internal import Identity
internal import JSON

/// One line for the report.
struct Measure {
    static func print(
        _ metric: String, _ value: Double, _ unit: String, target: Double? = nil, atLeast: Bool = false, rounds: [Double] = [], note: String = ""
    ) {
        var line: JSONObject = ["metric": .string(metric), "value": .double(value), "unit": .string(unit)]
        line["target"] = target.map(JSONValue.double)
        if target != nil { line["goal"] = .string(atLeast ? "at_least" : "at_most") }
        if !rounds.isEmpty { line["rounds"] = .array(rounds.map(JSONValue.double)) }
        if !note.isEmpty { line["note"] = .string(note) }
        // Written at once, so that what was measured is there although the run is cut off.
        FileHandle.standardOutput.write(Data(JSONValue.object(line).encoded() + [0x0A]))
    }
}

extension [Double] {
    func percentile(_ share: Double) -> Double {
        guard !isEmpty else { return .nan }
        let sorted = sorted()
        return sorted[Swift.min(count - 1, Int((Double(count) * share).rounded(.down)))]
    }
}

extension Duration {
    var milliseconds: Double { self / .milliseconds(1) }
}
