internal import CEL
internal import FoundationEssentials

/// Runs the tests of every .textproto file of a folder.
struct SimpleTestRun {
    let folder: URL

    struct Report: Sendable, Equatable {
        var passed = 0
        var failed = 0
        var skipped = 0

        var summary: String { "\(passed + failed) run, \(passed) passed, \(failed) failed, \(skipped) skipped" }
    }

    /// - Parameter print: Called with one line for each test that failed or was skipped.
    func run(_ print: (String) -> Void) throws -> Report {
        var report = Report()
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".textproto") }.sorted()
        for file in files {
            do {
                let document = try TextProtoReader.read(Array(try Data(contentsOf: folder.appending(path: file))))
                for section in document.all("section") {
                    for test in section.all("test") {
                        run(test, named: "\(file) \(section.text("name"))/\(test.text("name"))", &report, print)
                    }
                }
            } catch {
                report.failed += 1
                print("FAIL \(file): cannot be read: \(error)")
            }
        }
        return report
    }

    private func run(_ proto: TextProto, named name: String, _ report: inout Report, _ print: (String) -> Void) {
        do {
            if let failure = Self.failure(of: try SimpleTest(proto)) {
                report.failed += 1
                print("FAIL \(name): \(proto.text("expr")): \(failure)")
            } else {
                report.passed += 1
            }
        } catch {
            report.skipped += 1
            print("skip \(name): \(error.reason)")
        }
    }

    /// Nil where everything is as the test says.
    static func failure(of test: SimpleTest) -> String? {
        do {
            let expression = try CELExpression(parsing: test.source, options: test.options)
            if let environment = test.environment {
                let check = expression.check(environment)
                if let problem = check.problems.first(where: { $0.severity == .error }) { return "does not type-check: \(problem)" }
                if let deduced = test.deducedType, check.type != deduced { return "the type is \(check.type), expected \(deduced)" }
            }
            guard !test.isCheckOnly else { return nil }
            return difference(test, Result { try expression.evaluate(test.bindings) })
        } catch {
            return "does not parse: \(error)"
        }
    }

    private static func difference(_ test: SimpleTest, _ outcome: Result<CELValue, any Error>) -> String? {
        switch (test.expectation, outcome) {
        case (.error, .failure), (.type, _): nil
        case (.error, .success(let value)): "is \(value), expected an error"
        case (.value(let expected), .failure(let error)): "fails with \(error), expected \(expected)"
        case (.value(let expected), .success(let value)): ProtoValue.isSame(value, expected) ? nil : "is \(value), expected \(expected)"
        }
    }
}
