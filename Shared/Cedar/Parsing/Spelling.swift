/// Finds what a misspelt word may have meant.
enum Spelling {
    private static let longestWord = 32
    /// Among more than so many the nearest is not worth the search.
    private static let candidatesMax = 2000

    /// The same among things that have names; these are asked for only where there are few enough.
    static func nearest<T>(to word: String, in candidates: some Collection<T>, _ name: (T) -> String) -> String? {
        candidates.count <= candidatesMax ? nearest(to: word, in: candidates.map(name)) : nil
    }

    /// The candidate at the least edit distance, if that is at most a third of the word.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        guard word.utf8.count <= longestWord, candidates.count <= candidatesMax else { return nil }
        let ranked = candidates.map { (distance($0, word), $0) }.min { $0.0 == $1.0 ? $0.1 < $1.1 : $0.0 < $1.0 }
        guard let (distance, best) = ranked, distance <= max(1, word.utf8.count / 3) else { return nil }
        return best
    }

    private static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.lowercased().utf8), Array(b.lowercased().utf8))
        var row = Array(0...b.count)
        for i in 0..<a.count {
            var diagonal = row[0]
            row[0] = i + 1
            for j in 0..<b.count {
                let substituted = diagonal + (a[i] == b[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[b.count]
    }
}
