import Foundation

/// The project's own sources, read as text.
struct SourceTree {
    struct File {
        /// Relative to the root, with slashes.
        let path: String
        let lines: [String]

        /// Module names after `import`, whatever stands before it.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let position = words.firstIndex(of: "import"), position <= 2, position + 1 < words.count else { return nil }
                guard
                    words[..<position].allSatisfy({ $0.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains($0) })
                else { return nil }
                let name = words[words.index(after: position)...].first {
                    !["struct", "class", "enum", "func", "protocol", "let", "var"].contains($0)
                }
                return name.map { String($0.split(separator: ".")[0]) }
            }
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Swift files below `folder`; what was generated or built is left out.
    static func files(below folder: String) throws -> [File] {
        let base = root.appending(path: folder)
        guard let walker = FileManager.default.enumerator(at: base, includingPropertiesForKeys: nil) else { return [] }
        return try walker.compactMap { $0 as? URL }
            .filter { $0.pathExtension == "swift" && !$0.path.contains("/Generated/") && !$0.path.contains("/.build") }
            .map { url in
                let path = String(url.path.dropFirst(root.path.count + 1))
                return File(path: path, lines: try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n"))
            }
            .sorted { $0.path < $1.path }
    }
}
