/// Where a tile or an entry bundle of a tiled log stands (C2SP tlog-tiles).
public struct TilePath: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Hashes; each hash of a tile of level L is the root of 256^L leaves.
        case hashes(level: Int)
        case entries
    }

    public static let fullWidth = 256
    public let kind: Kind
    public let index: UInt64
    /// 1 to 256 hashes or entries; below 256 the tile is partial.
    public let width: Int

    public init(_ kind: Kind, index: UInt64, width: Int = fullWidth) {
        precondition(width >= 1 && width <= Self.fullWidth, "an empty tile is never served")
        self.kind = kind
        self.index = index
        self.width = width
    }

    /// The path below the log's prefix, for example `tile/0/x001/234.p/112`.
    public var text: String {
        let place =
            switch kind {
            case .hashes(let level): "\(level)"
            case .entries: "entries"
            }
        return "tile/\(place)/\(Self.elements(of: index))" + (width < Self.fullWidth ? ".p/\(width)" : "")
    }

    /// Three digits to an element, all but the last with an `x` before them.
    private static func elements(of index: UInt64) -> String {
        var elements: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            let padded = String(repeating: "0", count: 3 - digits.utf8.count) + digits
            elements.append(elements.isEmpty ? padded : "x" + padded)
            rest /= 1000
        } while rest > 0
        return elements.reversed().joined(separator: "/")
    }

    /// The tiles of hashes, level by level, and the entry bundles that a tree of `size` leaves has at its right edge and that are
    /// not full.
    public static func partial(in size: UInt64) -> [TilePath] {
        var paths: [TilePath] = []
        var count = size
        for level in 0..<8 where count > 0 {
            let width = Int(count % 256)
            if width > 0 {
                paths.append(TilePath(.hashes(level: level), index: count / 256, width: width))
                if level == 0 { paths.append(TilePath(.entries, index: count / 256, width: width)) }
            }
            count /= 256
        }
        return paths
    }
}
