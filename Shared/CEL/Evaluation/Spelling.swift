/// The name that was probably meant.
public enum Spelling {
    /// The candidate at the smallest edit distance of at most a third of the name's length, rounded up from a half; the first in order where several are.
    public static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().utf8.prefix(64))
        let bound = max(1, (wanted.count + 1) / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates.sorted() {
            let distance = distance(wanted, Array(candidate.lowercased().utf8.prefix(64)))
            if distance <= bound, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var previous = Array(0...b.count)
        for (row, x) in a.enumerated() {
            var current = [row + 1]
            for (column, y) in b.enumerated() {
                current.append(min(previous[column + 1] + 1, current[column] + 1, previous[column] + (x == y ? 0 : 1)))
            }
            previous = current
        }
        return previous[b.count]
    }
}
