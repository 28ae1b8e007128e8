internal import ConnectorManifests

/// Connector manifests: YAML, then the shape of a manifest, then its templates.
enum ManifestText {
    static func run(_ bytes: [UInt8]) { _ = try? ConnectorManifests.read(bytes) }

    static var seeds: [[UInt8]] {
        let shapes = ["a: &x {b: [1, 2.5, ~, true, 'q', \"d\\n\"]}\nc: *x\n", "- |\n  text\n- >-\n  folded\n", "? {a: b}\n: - c\n---\n!!str 1\n"]
        return shapes.map { Array($0.utf8) } + ConnectorManifests.files.map(\.yaml).filter { $0.count <= 4096 }
    }

    static let words = [
        "schema:", "provable.dev/connector/v1", "name:", "version:", "secrets:", "http:", "auth:", "egress:", "operations:", "idempotency:", "input:",
        "request:",
        "${", "}", "&a", "*a", "<<:", "!!", "|-", ">-", "---", "- {", "hosts: [",
    ]
}
