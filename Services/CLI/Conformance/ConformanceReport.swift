/// Counts cases of outside vectors and prints one line for each difference.
struct ConformanceReport {
    let name: String
    private(set) var passed = 0
    private(set) var failed = 0

    init(_ name: String) { self.name = name }

    /// - Parameter difference: What was answered otherwise than expected; nil where the case agrees.
    mutating func record(_ path: String, _ difference: String?) {
        if let difference {
            failed += 1
            print("\(name): \(path): \(difference)")
        } else {
            passed += 1
        }
    }

    var isClean: Bool { failed == 0 && passed > 0 }
    var summary: String { "\(name): \(passed + failed) cases, \(passed) passed, \(failed) failed" }
}
