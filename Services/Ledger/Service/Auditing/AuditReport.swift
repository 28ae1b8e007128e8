package import Identity

/// What re-hashing one log found.
package struct AuditReport: Sendable, Hashable {
    package let tenant: TenantID
    package var entries = 0
    package var envelopes = 0
    package var disclosures = 0
    package var tiles = 0
    /// One line each, the first ones only.
    package private(set) var problems: [String] = []
    package private(set) var problemCount = 0

    private static let problemsShownMax = 100

    init(tenant: TenantID) { self.tenant = tenant }

    mutating func add(_ problem: String) {
        problemCount += 1
        if problems.count < Self.problemsShownMax { problems.append(problem) }
    }

    package var isClean: Bool { problemCount == 0 }

    package var summary: String {
        "fsck: tenant \(tenant): \(entries) entries, \(envelopes) envelopes, \(disclosures) disclosures, \(tiles) tiles, \(problemCount) problems"
    }
}
