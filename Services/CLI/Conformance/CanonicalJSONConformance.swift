internal import ArgumentParser
internal import JSON
internal import Trust

/// Inputs with their canonical form, as text and as bytes (cyberphone/json-canonicalization's test data).
struct CanonicalJSONConformance: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "jcs", abstract: "RFC 8785 canonical JSON.")

    @Argument(help: "The folder of the vectors.")
    var directory: String

    func run() throws {
        let folder = try VectorFolder(directory)
        var report = ConformanceReport("jcs")
        for path in try folder.paths({ $0.contains("input/") && $0.hasSuffix(".json") }) {
            report.record(path, try difference(path, folder))
        }
        try report.finish()
    }

    private func difference(_ path: String, _ folder: VectorFolder) throws -> String? {
        let canonical: [UInt8]
        do {
            canonical = try folder.json(path).canonical()
        } catch {
            return "refused: \(error)"
        }
        let expected = try folder.bytes(path.replacing("input/", with: "output/"))
        guard canonical == expected else { return "is \(String(decoding: canonical, as: UTF8.self))" }
        let hexPath = path.replacing("input/", with: "outhex/").replacing(".json", with: ".txt")
        let hex = try folder.text(hexPath).filter { !$0.isWhitespace }
        return Hexadecimal.encode(canonical) == hex ? nil : "differs from the expected bytes in hexadecimal"
    }
}
