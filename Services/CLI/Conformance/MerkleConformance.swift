internal import ArgumentParser
internal import JSON
internal import Receipts
internal import Trust

/// Inclusion, consistency and subtree proofs, most of which must be rejected (transparency-dev/merkle's test data).
struct MerkleConformance: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "merkle", abstract: "RFC 6962 proofs.")

    @Argument(help: "The folder of the vectors.")
    var directory: String

    func run() throws {
        let folder = try VectorFolder(directory)
        var report = ConformanceReport("merkle")
        for path in try folder.paths({ $0.hasSuffix(".json") }) { report.record(path, try difference(path, folder.json(path))) }
        try report.finish()
    }

    private func difference(_ path: String, _ vector: JSONValue) throws -> String? {
        guard let mustReject = vector["wantErr"]?.boolValue else { return "no wantErr" }
        let kind = path.split(separator: "/").dropLast().last { ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"].contains($0) }
        let isAccepted: Bool
        switch kind {
        case "inclusion": isAccepted = inclusion(vector)
        case "consistency": isAccepted = consistency(vector)
        case "subtreeinclusion": isAccepted = subtreeInclusion(vector)
        case "subtreeconsistency": isAccepted = subtreeConsistency(vector)
        default: return "no known kind of proof"
        }
        guard isAccepted == mustReject else { return nil }
        return mustReject ? "accepted, must be rejected" : "rejected, must be accepted"
    }

    private func inclusion(_ vector: JSONValue) -> Bool {
        guard let index = number(vector, "leafIdx"), let size = number(vector, "treeSize"), let leaf = hash(vector, "leafHash"),
            let root = hash(vector, "root"), let path = path(vector)
        else { return false }
        return InclusionProof.isValid(leaf: leaf, index: index, size: size, path: path, root: root)
    }

    private func subtreeInclusion(_ vector: JSONValue) -> Bool {
        guard let index = number(vector, "leafIdx"), let start = number(vector, "start"), let end = number(vector, "end"),
            let leaf = hash(vector, "leafHash"), let root = hash(vector, "root"), let path = path(vector)
        else { return false }
        return InclusionProof.isValid(leaf: leaf, index: index, subtree: start, end, path: path, root: root)
    }

    private func consistency(_ vector: JSONValue) -> Bool {
        guard let old = number(vector, "size1"), let new = number(vector, "size2"), let oldRoot = bytes(vector["root1"]),
            let newRoot = bytes(vector["root2"]), let path = path(vector)
        else { return false }
        return ConsistencyProof.isValid(oldSize: old, size: new, oldRoot: oldRoot, root: newRoot, proof: path)
    }

    private func subtreeConsistency(_ vector: JSONValue) -> Bool {
        guard let start = number(vector, "start"), let end = number(vector, "end"), let size = number(vector, "size"),
            let subtree = bytes(vector["root1"]), let root = bytes(vector["root2"]), let path = path(vector)
        else { return false }
        return MerkleSubtree.isConsistent(start: start, end: end, size: size, subtreeRoot: subtree, root: root, proof: path)
    }

    // MARK: What is no number or no hash makes the proof one that is rejected.

    private func number(_ vector: JSONValue, _ key: String) -> UInt64? {
        switch vector[key] {
        case .int(let value): UInt64(exactly: value)
        // Numbers beyond 63 bits arrive as floats.
        case .double(let value): UInt64(exactly: value)
        default: nil
        }
    }

    private func bytes(_ value: JSONValue?) -> [UInt8]? { value?.stringValue.flatMap { Base64.decode($0) } }

    private func hash(_ vector: JSONValue, _ key: String) -> SHA256Digest? { bytes(vector[key]).flatMap { SHA256Digest(bytes: $0) } }

    private func path(_ vector: JSONValue) -> [SHA256Digest]? {
        let values = vector["proof"]?.arrayValue ?? []
        let hashes = values.compactMap { bytes($0).flatMap { SHA256Digest(bytes: $0) } }
        return hashes.count == values.count ? hashes : nil
    }
}
