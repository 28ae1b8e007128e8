/// What somebody who mistyped a key may have meant.
enum KeySuggestion {
    /// Edits that still look like a slip.
    private static let distanceMax = 3

    static func nearest(to word: String, in known: some Collection<String>) -> String? {
        let near = known.map { (distance(word, $0), $0) }.filter { $0.0 <= min(distanceMax, max(1, word.count / 2)) }
        return near.min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
    }

    /// Levenshtein's: insertions, deletions and replacements.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var previous = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = previous + (byte == right[column] ? 0 : 1)
                previous = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[right.count]
    }
}
