import Testing

/// House rules that a reader relies on and no formatter checks.
@Suite struct StyleTests {
    static let roots = ["Shared", "Services", "loadtests"]

    @Test(arguments: roots)
    func nothingCrashesOnInput(root: String) throws {
        for file in try SourceTree.files(below: root) {
            for (number, line) in file.lines.enumerated() where !line.trimmed.hasPrefix("//") {
                for word in ["try!", "fatalError(", " as! "] {
                    #expect(!line.contains(word), "\(file.path):\(number + 1) uses \(word)")
                }
            }
        }
    }

    @Test(arguments: roots)
    func uncheckedClaimsAreExplained(root: String) throws {
        for file in try SourceTree.files(below: root) {
            for (number, line) in file.lines.enumerated() where !line.trimmed.hasPrefix("//") {
                guard line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") else { continue }
                let around = file.lines[max(0, number - 8)...min(number + 4, file.lines.count - 1)]
                #expect(around.contains { $0.contains("SAFETY:") }, "\(file.path):\(number + 1) has no SAFETY: comment")
            }
        }
    }

    /// A room per idea: longer files are two.
    @Test(arguments: roots)
    func filesAreShort(root: String) throws {
        for file in try SourceTree.files(below: root) {
            #expect(file.lines.count <= 401, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test(arguments: roots)
    func everyImportHasAnAccessLevel(root: String) throws {
        for file in try SourceTree.files(below: root) where !file.path.contains("/Main/") && !file.path.hasSuffix("Package.swift") {
            for (number, line) in file.lines.enumerated() where line.hasPrefix("import ") || line.hasPrefix("@preconcurrency import ") {
                Issue.record("\(file.path):\(number + 1) imports without an access level")
            }
        }
    }
}
