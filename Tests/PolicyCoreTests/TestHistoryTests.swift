import Foundation
import JSON
import Testing

@testable import PolicyCore

/// Tests of bundles that say what happened before.
@Suite struct TestHistoryTests {
    private static let policies = """
        @id("may") permit(principal, action, resource);
        @id("two") forbid(principal, action == Action::"pay", resource)
        when temporal { bind(n, count_within(1h, Action::"pay"::reserved{}), n > 2) };
        @id("first-ask") forbid(principal, action == Action::"refund", resource)
        unless temporal { formerly within 1h Action::"pay"::response{ output.ok: true } };
        """

    private func check(_ history: String, action: String = "pay", verdict: String) throws -> BundleCheck {
        let tests = """
            [{"name": "t", "request": {"principal": {"type": "User", "id": "d"}, "action": "\(action)", "resource": {"type": "Shop", "id": "s"},
              "history": \(history)}, "expect": {"verdict": "\(verdict)"}}]
            """
        return BundleCheck(
            BundleContent(policies: Self.policies, tests: try JSONValue(parsing: Array(tests.utf8))), validator: SchemaValidator(),
            time: Date(timeIntervalSince1970: 1_800_000_000))
    }

    @Test(arguments: [
        (#"[]"#, "pay", "allow"),
        (#"[{"ago": "5m"}, {"ago": "20m"}]"#, "pay", "deny"),
        // Past the window.
        (#"[{"ago": "5m"}, {"ago": "2h"}]"#, "pay", "allow"),
        // Given back, refused, failed: they do not count.
        (#"[{"ago": "5m"}, {"ago": "6m", "outcome": "cancelled"}]"#, "pay", "allow"),
        (#"[{"ago": "5m"}, {"ago": "6m", "outcome": "denied"}]"#, "pay", "allow"),
        (#"[{"ago": "5m"}, {"ago": "6m", "outcome": "failed"}]"#, "pay", "allow"),
        (#"[{"ago": "5m"}, {"ago": "6m", "outcome": "succeeded"}]"#, "pay", "deny"),
        // The third of these was denied by the policies themselves.
        (#"[{"ago": "30m"}, {"ago": "20m"}, {"ago": "59m", "action": "other"}]"#, "pay", "deny"),
        (#"[]"#, "refund", "deny"),
        (#"[{"ago": "5m", "action": "pay", "outcome": "succeeded", "output": {"ok": true}}]"#, "refund", "allow"),
        (#"[{"ago": "5m", "action": "pay", "outcome": "succeeded", "output": {"ok": false}}]"#, "refund", "deny"),
        (#"[{"ago": "5m", "action": "pay", "outcome": "failed", "output": {"ok": true}}]"#, "refund", "deny"),
    ])
    func whatHappenedBeforeDecides(history: String, action: String, verdict: String) throws {
        let check = try check(history, action: action, verdict: verdict)
        #expect(check.problems.isEmpty, "\(check.problems.map(\.message))")
        #expect(check.results.map(\.passed) == [true])
    }

    @Test(arguments: [
        (#"{}"#, "must be a list"), (#"[{"outcome": "failed"}]"#, "says how long before"), (#"[{"ago": "5y"}]"#, "says how long before"),
        (#"[{"ago": "5m", "outcome": "maybe"}]"#, "must be one of denied, allowed, succeeded, failed, cancelled"), (#"[7]"#, "must be an object"),
    ])
    func whatIsWrongIsNamed(history: String, message: String) throws {
        let check = try check(history, verdict: "allow")
        #expect(check.problems.count == 1 && check.problems[0].message.contains(message) && check.problems[0].message.contains("(t)"))
    }
}
