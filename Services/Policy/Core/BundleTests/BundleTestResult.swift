/// What came of one test of a bundle.
public struct BundleTestResult: Hashable, Sendable {
    public let name: String
    public let passed: Bool
    public let expected: String
    public let found: String

    var problem: BundleProblem {
        BundleProblem(
            source: .tests, line: 0, column: 0, message: "the test \"\(name)\" expects \(expected) and finds \(found)",
            fix: "mend the policies or the test")
    }
}
