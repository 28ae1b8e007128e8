internal import JSON

/// A duration as the DSL writes it: an object of units, or ISO 8601.
enum WorkflowDuration {
    static func seconds(_ value: JSONValue) -> Double? {
        if let text = value.stringValue { return ISODuration.seconds(text) }
        guard let members = value.objectValue, !members.isEmpty else { return nil }
        var total = 0.0
        for (name, value) in members {
            guard let unit = WorkflowFields.units[name], let number = value.doubleValue, number >= 0 else { return nil }
            total += unit * number
        }
        return total
    }
}

/// `P1DT2H`, in seconds. Months and years have no one length, and are refused but for what a calendar makes of them: 30 and 365 days.
enum ISODuration {
    static func seconds(_ text: String) -> Double? {
        guard text.hasPrefix("P"), text.utf8.count <= 64 else { return nil }
        var total = 0.0
        var number = ""
        var isTime = false
        var isEmpty = true
        for character in text.dropFirst() {
            if ("0"..."9").contains(character) || character == "." { number.append(character); continue }
            if character == "T", number.isEmpty, !isTime { isTime = true; continue }
            let scales: [Character: Double] =
                isTime ? ["H": 3_600, "M": 60, "S": 1] : ["Y": 365 * 86_400, "M": 30 * 86_400, "W": 7 * 86_400, "D": 86_400]
            guard let scale = scales[character], let value = Double(number) else { return nil }
            total += scale * value
            number = ""
            isEmpty = false
        }
        return number.isEmpty && !isEmpty ? total : nil
    }
}
