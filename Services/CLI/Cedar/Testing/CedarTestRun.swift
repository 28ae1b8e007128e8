internal import FoundationEssentials

/// Runs all checks on all cases of a folder.
struct CedarTestRun {
    let folder: CaseFolder
    let checks: [any CaseCheck]

    struct Report: Sendable {
        var cases = 0
        var requests = 0
        var differences = 0

        var summary: String { "\(cases) cases, \(requests) requests, \(differences) differences" }
    }

    /// - Parameter print: Called with one line for each difference.
    func run(_ print: (String) -> Void) throws -> Report {
        var report = Report()
        for path in try folder.casePaths() {
            func differs(_ line: String) {
                report.differences += 1
                print("\(path) \(line)")
            }
            do {
                guard let test = try CedarCase(path: path, in: folder) else { continue }
                report.cases += 1
                report.requests += test.requests.count
                for check in checks {
                    do {
                        for line in try check.differences(in: test) { differs(line) }
                    } catch {
                        differs("cannot be checked: \(error)")
                    }
                }
            } catch {
                differs("cannot be read: \(error)")
            }
        }
        return report
    }
}
