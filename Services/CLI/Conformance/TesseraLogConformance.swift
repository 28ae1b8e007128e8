internal import ArgumentParser
internal import JSON
internal import Receipts
internal import Trust

/// A log of 15 entries made by another implementation: every root, tile, bundle and signature (transparency-dev/tessera's test data).
struct TesseraLogConformance: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tessera-log", abstract: "A C2SP tiled log.")

    private static let entries = [
        "one", "two", "three", "four", "five", "six", "seven", "eit", "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten",
    ]
    private static let key = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"

    @Argument(help: "The folder of the vectors.")
    var directory: String

    func run() throws {
        let folder = try VectorFolder(directory)
        var report = ConformanceReport("tessera-log")
        guard let key = NoteVerifierKey(text: Self.key) else { throw ValidationError("the log's key does not parse") }
        report.record("key", key.text == Self.key ? nil : "is written otherwise than it was read: \(key.text)")
        for size in 0...Self.entries.count {
            try record("checkpoint.\(size)", folder, &report) { Self.checkpointDifference($0, size: size, key) }
            guard size > 0 else { continue }
            let hashes = Self.entries.prefix(size).map { MerkleHash.leaf(Array($0.utf8)) }
            try record(TilePath(.hashes(level: 0), index: 0, width: size).text, folder, &report) {
                $0 == HashTile(hashes).bytes && HashTile(bytes: $0)?.hashes == hashes ? nil : "the tile differs"
            }
            let entries = Self.entries.prefix(size).map { Array($0.utf8) }
            try record(TilePath(.entries, index: 0, width: size).text, folder, &report) {
                $0 == EntryBundle.encode(entries) && EntryBundle.decode($0) == entries ? nil : "the entry bundle differs"
            }
        }
        try record("checkpoint", folder, &report) { Self.checkpointDifference($0, size: Self.entries.count, key) }
        try report.finish()
    }

    /// Looks the file up by the end of its path, wherever in the folder the log lies. A file that is not there is a difference.
    private func record(_ name: String, _ folder: VectorFolder, _ report: inout ConformanceReport, _ difference: ([UInt8]) -> String?) throws {
        let found = try folder.paths { $0 == name || $0.hasSuffix("/" + name) }
        guard found.count == 1 else { return report.record(name, "\(found.count) files of this name") }
        report.record(name, difference(try folder.bytes(found[0])))
    }

    private static func checkpointDifference(_ bytes: [UInt8], size: Int, _ key: NoteVerifierKey) -> String? {
        guard let signed = SignedCheckpoint(String(decoding: bytes, as: UTF8.self)) else { return "is no signed checkpoint" }
        let root = CompactRange.root(of: entries.prefix(size).map { MerkleHash.leaf(Array($0.utf8)) })
        let own = Checkpoint(origin: key.name, size: UInt64(size), root: root)
        guard signed.checkpoint == own, bytes.starts(with: own.text.utf8) else { return "the root is \(root.hex) here" }
        guard signed.isSigned(byLog: key) else { return "the signature is not the key's" }
        return nil
    }
}
