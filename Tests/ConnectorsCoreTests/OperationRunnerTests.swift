import ConnectorManifests
import FoundationEssentials
import Identity
import JSON
import StubVendors
import Synchronization
import Testing
import Trust

@testable import ConnectorsCore

/// The operations of the shipped manifests against the vendors' stubs, without a socket between.
final class StubbedVendor: Sendable {
    static let manifests = Result { try ConnectorManifests.shipped() }

    let world = Mutex(StubWorld())
    let clock = Mutex(Date(timeIntervalSince1970: 1_767_225_600))
    /// How many of the next requests that change something are answered into the void.
    let lostAnswers = Mutex(0)

    var now: Date { clock.withLock { $0 } }

    func runner(_ name: String) throws -> OperationRunner {
        let manifest = try #require(try Self.manifests.get().first { name.hasPrefix("\($0.name).") })
        let operation = try #require(manifest.operation(name))
        guard case .http(let work) = operation.work else { throw TemplateError("not HTTP") }
        let policy = EgressPolicy(rules: manifest.http?.egress ?? [], development: ["127.0.0.1:7301"])
        let base = try VendorURL("http://127.0.0.1:7301/\(manifest.name)")
        return OperationRunner(operation, work, failures: manifest.http?.failures) { request in
            do throws(EgressRefusal) { try policy.check(request, base: base) } catch { return .refused(error) }
            return self.exchange(manifest.name, request)
        }
    }

    private func exchange(_ vendor: String, _ request: RenderedRequest) -> VendorExchange {
        var query: [String: String] = [:]
        for pair in request.query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1).map { StubVendors.PercentEncoding.decode($0.utf8) ?? "" }
            query[parts[0]] = parts.count == 2 ? parts[1] : ""
        }
        var headers = ["authorization": vendor == "jira" ? "Basic eDp5" : "Bearer t"]
        for header in request.headers { headers[header.name.lowercased()] = header.value }
        let path = request.path.split(separator: "/").map { StubVendors.PercentEncoding.decode($0.utf8) ?? "" }
        let stubRequest = StubRequest(method: request.method, path: [vendor] + path, query: query, headers: headers, body: request.body ?? [])
        let now = clock.withLock { clock in
            clock += 1
            return clock
        }
        let reply = world.withLock { $0.handle(stubRequest, at: now) }
        let isLost =
            request.method != "GET"
            && lostAnswers.withLock { lost in
                defer { lost = max(0, lost - 1) }
                return lost > 0
            }
        if isLost { return .noAnswer(reason: "lost", isTimeout: true) }
        let bytes = reply.response.body?.encoded() ?? []
        let body = reply.isTruncated ? Array(bytes.prefix(bytes.count / 2)) : bytes
        let sent = Dictionary(reply.response.headers.map { ($0.name.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        return .response(VendorResponse(status: reply.response.status, headers: sent, body: body))
    }

    func fault(_ vendor: String, _ kind: String, count: Int = 1, method: String? = nil) {
        var body: JSONObject = ["vendor": .string(vendor), "kind": .string(kind), "count": .int(Int64(count))]
        body["method"] = method.map { .string($0) }
        let bytes = JSONValue.object(body).encoded()
        _ = world.withLock { $0.handle(StubRequest(method: "POST", path: ["_admin", "faults"], body: bytes), at: now) }
    }

    var effects: [Effect] { world.withLock { $0.journal.effects } }
}

@Suite struct OperationRunnerTests {
    let vendor = StubbedVendor()
    let tenant = TenantID.make()

    func scope(_ operation: String, _ input: JSONValue, key: String = "k") throws -> CallScope {
        let identity = CallIdentity(
            tenant: tenant, key: key, operation: operation, inputDigest: try CallIdentity.digest(ofInput: input), run: nil, step: "")
        return CallScope(input: input, identity: identity, baseURL: "http://127.0.0.1:7301/jira", firstSent: vendor.now)
    }

    func perform(_ operation: String, _ input: JSONValue, key: String = "k") async throws -> OperationRunner.Performance {
        try await vendor.runner(operation).perform(try scope(operation, input, key: key))
    }

    func readBack(_ operation: String, _ input: JSONValue, key: String = "k", patience: Duration = .zero) async throws -> OperationRunner.ReadBack {
        let sent = vendor.now
        return try await vendor.runner(operation).readBack(try scope(operation, input, key: key), sent: sent, now: { vendor.now }, patience: patience)
        { duration in
            vendor.clock.withLock { $0 += duration / .seconds(1) }
        }
    }

    static let issue: JSONValue = [
        "project": "OPS", "summary": "Incident: x", "description": "a\n\nb", "issue_type": "Incident", "labels": ["incident", "github"],
    ]

    @Test func anIssueIsCreatedWithItsMark() async throws {
        let done = try await perform("jira.issue.create", Self.issue)
        #expect(done.result == .succeeded(output: ["key": "OPS-1", "id": "10001", "url": "http://127.0.0.1:7301/jira/browse/OPS-1"]))
        #expect(done.status == 201 && done.requestDigest != nil && done.responseDigest != nil)
        let effect = try #require(vendor.effects.first)
        #expect(effect.content["labels"] == ["incident", "github"] && effect.content["description"] == "a\n\nb")
        #expect(effect.marker == (try scope("jira.issue.create", Self.issue)).values["call"]?["marker"]?.stringValue)
    }

    @Test func theIncidentsCallsWork() async throws {
        _ = try await perform("jira.issue.create", Self.issue)
        let posted = try await perform("slack.chat.postMessage", ["channel": "#incidents", "text": "hello"])
        guard case .succeeded(let message) = posted.result else { Issue.record("\(posted)"); return }
        let reply: JSONValue = ["channel": "#incidents", "text": "done", "thread_ts": message["ts"] ?? .null]
        guard case .succeeded = try await perform("slack.chat.postMessage", reply, key: "r").result else { Issue.record("no reply"); return }
        let update: JSONValue = ["channel": message["channel"] ?? .null, "ts": message["ts"] ?? .null, "text": "hello, all"]
        #expect(
            try await perform("slack.chat.update", update).result
                == .succeeded(output: ["ts": message["ts"] ?? .null, "channel": message["channel"] ?? .null]))
        let restricted = try await perform("github.repository.restrict", ["owner": "acme", "repo": "payments-api", "reason": "OPS-1"])
        #expect(
            restricted.result
                == .succeeded(output: ["repository": "acme/payments-api", "restricted": true, "url": "https://github.com/acme/payments-api"]))
        let moved = try await perform("jira.issue.transition", ["key": "OPS-1", "to": "Done"])
        #expect(moved.result == .succeeded(output: ["key": "OPS-1", "status": "Done"]))
        guard case .succeeded = try await perform("jira.issue.comment", ["key": "OPS-1", "body": "a note"]).result else {
            Issue.record("no comment"); return
        }
        guard case .succeeded = try await perform("github.issue.comment", ["owner": "acme", "repo": "other", "number": 3, "body": "seen"]).result
        else {
            Issue.record("no comment")
            return
        }
        #expect(
            vendor.effects.map(\.verb) == [
                "issue.create", "chat.postMessage", "chat.postMessage", "chat.update", "repository.update", "issue.transition", "issue.comment",
                "issue.comment",
            ])
    }

    @Test func aChangeIsAppliedAndVerified() async throws {
        let applied = try await perform("changes.change.apply", ["target": "payments-api", "setting": "pool.size", "value": "20"])
        #expect(applied.result == .succeeded(output: ["target": "payments-api", "setting": "pool.size", "value": "20", "revision": 1]))
        let right = try await perform("changes.change.verify", ["target": "payments-api", "setting": "pool.size", "expected": "20"])
        #expect(right.result == .succeeded(output: ["verified": true, "value": "20", "revision": 1]))
        let wrong = try await perform("changes.change.verify", ["target": "payments-api", "setting": "pool.size", "expected": "30"])
        #expect(wrong.result == .failed(CallFailure(.conflict, "pool.size of payments-api is 20 and not 30")))
    }

    static let calls: [(String, JSONValue)] = [
        ("jira.issue.create", issue), ("jira.issue.comment", ["key": "OPS-1", "body": "x"]),
        ("jira.issue.transition", ["key": "OPS-1", "to": "Done"]),
        ("slack.chat.postMessage", ["channel": "#incidents", "text": "x"]),
        ("slack.chat.postMessage", ["channel": "#incidents", "text": "x", "thread_ts": "PARENT"]),
        ("github.issue.comment", ["owner": "acme", "repo": "payments-api", "number": 3, "body": "x"]),
    ]

    /// Things that must be there before: an issue, a channel, a message to reply to.
    func prepare(_ input: JSONValue) async throws -> JSONValue {
        _ = try await perform("jira.issue.create", Self.issue, key: "before")
        let posted = try await perform("slack.chat.postMessage", ["channel": "#incidents", "text": "before"], key: "before")
        guard case .succeeded(let message) = posted.result, input["thread_ts"] != nil, var object = input.objectValue else { return input }
        object["thread_ts"] = message["ts"]
        return .object(object)
    }

    @Test(arguments: calls)
    func anEffectWhoseAnswerWasLostIsFound(operation: String, input: JSONValue) async throws {
        let input = try await prepare(input)
        vendor.lostAnswers.withLock { $0 = 1 }
        guard case .ambiguous(let doubt) = try await perform(operation, input).result else { Issue.record("no doubt"); return }
        #expect(doubt.errorClass == .timeout)
        guard case .found(let output) = try await readBack(operation, input) else { Issue.record("not found"); return }
        // What is found again is what the answer would have said.
        let manifest = try #require(try StubbedVendor.manifests.get().flatMap(\.operations).first { $0.name == operation })
        #expect(manifest.output.violations(of: output).isEmpty)
    }

    @Test(arguments: calls)
    func anEffectThatDidNotTakePlaceIsNotFound(operation: String, input: JSONValue) async throws {
        let input = try await prepare(input)
        #expect(try await readBack(operation, input) == .absent(isCertain: false))
        #expect(try await readBack(operation, input, patience: .seconds(20)) == .absent(isCertain: true))
    }

    @Test func aCutAnswerIsADoubtAndNotAFailure() async throws {
        vendor.fault("jira", "truncated", method: "POST")
        guard case .ambiguous = try await perform("jira.issue.create", Self.issue).result else { Issue.record("no doubt"); return }
        guard case .found(let output) = try await readBack("jira.issue.create", Self.issue) else { Issue.record("not found"); return }
        #expect(output["key"] == "OPS-1")
    }

    @Test func aQuestionThatFailsLeavesNoDoubt() async throws {
        vendor.fault("changes", "server-error")
        let failed = try await perform("changes.change.verify", ["target": "a", "setting": "b", "expected": "c"])
        guard case .failed(let failure) = failed.result else { Issue.record("\(failed)"); return }
        #expect(failure.isRetryable)
    }

    @Test func whatIsSoAlreadyIsNotDoneAgain() async throws {
        _ = try await perform("jira.issue.create", Self.issue)
        _ = try await perform("jira.issue.transition", ["key": "OPS-1", "to": "Done"])
        let again = try await perform("jira.issue.transition", ["key": "OPS-1", "to": "Done"], key: "other")
        #expect(again.isReadBack && again.requestDigest == nil)
        #expect(vendor.effects.filter { $0.verb == "issue.transition" }.count == 1)
    }

    @Test func aStatusThatIsNotThereIsAConflict() async throws {
        _ = try await perform("jira.issue.create", Self.issue)
        let failed = try await perform("jira.issue.transition", ["key": "OPS-1", "to": "Nowhere"])
        #expect(failed.result == .failed(CallFailure(.conflict, "The workflow leads to no such status from here")))
    }

    @Test func inputThatWouldClimbIsRefusedBeforeAnythingIsSent() async throws {
        let failed = try await perform("github.repository.restrict", ["owner": "..", "repo": "x", "reason": "y"])
        guard case .failed(let failure) = failed.result else { Issue.record("\(failed)"); return }
        #expect(failure.errorClass == .invalidInput && failed.requestDigest == nil)
        let slashed = try await perform("github.repository.restrict", ["owner": "a/b", "repo": "x", "reason": "y"])
        guard case .failed(let refusal) = slashed.result else { Issue.record("\(slashed)"); return }
        #expect(refusal.errorClass == .egressRefused)
        #expect(vendor.effects.isEmpty)
    }

    @Test func longListsOfChannelsAreSearchedPageByPage() async throws {
        for number in 0..<1_005 {
            _ = try await perform("slack.chat.postMessage", ["channel": .string("#c\(number)"), "text": "x"], key: "c\(number)")
        }
        let input: JSONValue = ["channel": "#c1003", "text": "x"]
        guard case .found = try await readBack("slack.chat.postMessage", input, key: "c1003") else { Issue.record("not found"); return }
    }
}
