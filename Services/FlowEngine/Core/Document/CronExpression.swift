/// Minute, hour, day, month and weekday, as POSIX crontab writes them, with names of months and weekdays and steps.
public struct CronExpression: Hashable, Sendable, CustomStringConvertible {
    public struct Malformed: Error { public var reason: String }

    public let description: String
    /// The values of each field, ascending. Sunday is 0.
    public let fields: [[Int]]

    private static let ranges: [(name: String, range: ClosedRange<Int>)] = [
        ("minute", 0...59), ("hour", 0...23), ("day", 1...31), ("month", 1...12), ("weekday", 0...7),
    ]
    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    public init(_ text: String) throws(Malformed) {
        let parts = text.split(separator: " ")
        guard text.utf8.count <= 256, parts.count == 5 else { throw Malformed(reason: "it has \(parts.count) fields, not 5") }
        var fields: [[Int]] = []
        for (part, (name, range)) in zip(parts, Self.ranges) {
            var values: Set<Int> = []
            for item in part.split(separator: ",", omittingEmptySubsequences: false) {
                guard let found = Self.values(item, range, names: name == "month" ? Self.months : name == "weekday" ? Self.weekdays : []) else {
                    throw Malformed(reason: "'\(part)' is no \(name)")
                }
                values.formUnion(name == "weekday" ? found.map { $0 % 7 } : found)
            }
            fields.append(values.sorted())
        }
        self.fields = fields
        description = parts.joined(separator: " ")
    }

    private static func values(_ item: Substring, _ range: ClosedRange<Int>, names: [String]) -> [Int]? {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let step = parts.count == 2 ? Int(parts[1]) : 1, step > 0, step <= range.upperBound else { return nil }
        func number(_ text: Substring) -> Int? {
            if let position = names.firstIndex(of: text.lowercased()) { return range.lowerBound + position }
            guard let number = Int(text), range.contains(number) else { return nil }
            return number
        }
        if parts[0] == "*" { return Array(stride(from: range.lowerBound, through: range.upperBound, by: step)) }
        let bounds = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard let low = bounds.first.flatMap(number), bounds.count <= 2 else { return nil }
        guard let high = bounds.count == 2 ? number(bounds[1]) : parts.count == 2 ? range.upperBound : low, high >= low else { return nil }
        return Array(stride(from: low, through: high, by: step))
    }
}
