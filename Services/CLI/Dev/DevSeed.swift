internal import FoundationEssentials
internal import Trust

/// Sets the development tenants up over the public API, once per set of scripts and data.
struct DevSeed {
    private static let marker = "seeded"
    private static let sources = ["deploy/dev/people.json", "deploy/dev/demo/seed.py", "deploy/dev/policies", "Services/FlowEngine/Playbooks"]

    let layout: DevLayout

    func forget() { unlink() }

    func run() async throws {
        let digest = sourcesDigest()
        guard layout.read(Self.marker) != digest else { return }
        let outcome = try await ChildProcess.run(["python3", "\(layout.checkout)/deploy/dev/demo/seed.py", layout.gatewayURL, layout.stubsURL])
        guard outcome.status == 0 else { throw DevFailure("cannot set up the development tenants: \(outcome.lastLine)") }
        for line in outcome.output.split(separator: "\n") { print("tenants       \(line)") }
        try layout.write(digest, to: Self.marker)
    }

    private func unlink() { try? FileManager.default.removeItem(atPath: layout.path(Self.marker)) }

    private func sourcesDigest() -> String {
        var bytes: [UInt8] = []
        for source in Self.sources {
            let path = "\(layout.checkout)/\(source)"
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted().map { "\(path)/\($0)" } ?? [path]
            for name in names { bytes += (try? Data(contentsOf: URL(filePath: name))).map { Array($0) } ?? [] }
        }
        return SHA256Digest(hashing: bytes).hex
    }
}
