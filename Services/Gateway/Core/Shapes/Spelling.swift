/// Guesses what a misspelt name was meant to be.
public enum Spelling {
    private static let distanceMax = 2
    private static let lengthMax = 40

    /// The nearest candidate by edit distance, where it is near enough to be meant.
    public static func closest(to word: String, among candidates: [String]) -> String? {
        guard word.utf8.count <= lengthMax else { return nil }
        return candidates.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
            .filter { $0.1 <= min(distanceMax, $0.0.utf8.count / 2) }
            .min { $0.1 < $1.1 }?.0
    }

    /// Optimal string alignment: insertions, deletions, replacements, and neighbours that changed places.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var before: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            for j in 0..<b.count {
                var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                row.append(best)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }
}
