import FlowEngineCore
import Foundation
import Identity
import JSON
import NIOCore
import RPC
import Synchronization
import TestKit
import Testing
import Wire
import WireRuntime

@testable import FlowEngineService

/// Whatever is wrong with policy, a run waits or is denied. Nothing reaches a vendor without an answer that this engine understands in full.
@Suite struct PolicyFailureTests {
    private static let nodes =
        #"[{"id":"start","type":"trigger","trigger":{"kind":"manual"},"next":"work"},"#
        + #"{"id":"work","type":"call","operation":"jira.issue.create","with":{"summary":"x"},"on":{"success":"done","error":"failed"}},"#
        + #"{"id":"done","type":"end","outcome":"success"},{"id":"failed","type":"end","outcome":"failure"}]"#

    /// Attempts one after the other, whatever their backoff would be.
    private func attempt(_ endpoint: FlowEngineEndpoint, _ engine: RunningEngine, times: Int = 1) async throws {
        for _ in 0..<times {
            try await engine.sql("UPDATE run SET next_wake_at = now() WHERE next_wake_at > now()")
            for claim in try await endpoint.worker.claims.take(atMost: 8) { await endpoint.worker.drive(claim) }
        }
    }

    private func effects(_ engine: RunningEngine) -> Int { engine.connectors.effects.withLock { $0.count } }

    // MARK: Waits

    @Test(arguments: FailingPolicy.Failure.allCases)
    func aPolicyThatDoesNotAnswerKeepsTheRunWaiting(_ failure: FailingPolicy.Failure) async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(Self.nodes)
            let id = try await engine.start()
            let failing = FailingPolicy(failure)
            let endpoint = engine.endpoint(policy: failing)
            for count in 1...5 {
                try await attempt(endpoint, engine)
                #expect(failing.asked.withLock { $0.count } == count, "it is asked again each time")
                #expect(effects(engine) == 0)
            }
            let waiting = try await engine.run(id)
            #expect(waiting.run?.state != "succeeded" && waiting.run?.state != "failed", "\(waiting.run?.state ?? "")")
            #expect(waiting.run?.whyWaiting.contains("policy did not answer") == true, "\(waiting.run?.whyWaiting ?? "")")
            // A caller without a deadline would wait for a slow policy with all that it holds.
            #expect(failing.asked.withLock { $0.allSatisfy { $0.map { $0 <= .seconds(5) } ?? false } })
            // Once it answers, the run goes on where it stood, and acts once.
            try await engine.work()
            #expect(try await engine.run(id).run?.state == "succeeded")
            #expect(effects(engine) == 1)
        }
    }

    // MARK: Denied

    @Test(arguments: Spoiled.allCases)
    func anAnswerThatIsNotUnderstoodInFullIsADenial(_ spoiled: Spoiled) async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(Self.nodes)
            let id = try await engine.start()
            try await attempt(engine.endpoint(policy: SpoilingPolicy(spoiled)), engine, times: 5)
            #expect(effects(engine) == 0 && engine.connectors.calls.withLock { $0 } == 0)
            let run = try await engine.run(id)
            #expect(run.run?.state == "failed", "\(run.run?.state ?? "")")
        }
    }

    /// Allowed, with something missing that proves what was allowed: no answer at all.
    @Test(arguments: Unproved.allCases)
    func anAnswerThatProvesNothingIsNoAnswer(_ unproved: Unproved) async throws {
        try await RunningEngine.with { engine in
            try await engine.publish(Self.nodes)
            let id = try await engine.start()
            try await attempt(engine.endpoint(policy: SpoilingPolicy(unproved)), engine, times: 3)
            #expect(effects(engine) == 0)
            #expect(try await engine.run(id).run?.state != "succeeded")
        }
    }

    @Test func aPublishIsNotThroughEither() async throws {
        try await RunningEngine.with { engine in
            let document = Array(#"{"schema":"provable.dev/flow/v1","name":"p","title":"P","nodes":\#(Self.nodes)}"#.utf8)
            for failure in FailingPolicy.Failure.allCases {
                let endpoint = engine.endpoint(policy: FailingPolicy(failure))
                await #expect(throws: (any Error).self) {
                    _ = try await endpoint.publishFlow(FlowV1.PublishFlowRequest(document: document), context: engine.context())
                }
            }
            let spoiled = engine.endpoint(policy: SpoilingPolicy(Spoiled.unknownObligation))
            let answer = try await spoiled.publishFlow(FlowV1.PublishFlowRequest(document: document), context: engine.context())
            #expect(answer.state == "refused")
            await #expect(throws: (any Error).self) { _ = try await engine.start("p") }
        }
    }
}

/// A policy service that is away, slow, or at fault.
final class FailingPolicy: RPCChannel {
    enum Failure: CaseIterable, Sendable {
        /// Nobody listens.
        case down
        /// It answers after the caller's time is up.
        case slow
        /// It throws.
        case erring
        /// It pushes back.
        case busy
        /// Its database is away.
        case storeless
        /// It answers with bytes that are no message.
        case garbled
    }

    private let failure: Failure
    /// The time that each caller gave it.
    let asked = Mutex<[Duration?]>([])

    init(_ failure: Failure) { self.failure = failure }

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        asked.withLock { $0.append(options.timeout) }
        switch failure {
        case .down: throw RPCError(.unavailable, reason: "NOT_CONNECTED", message: "connection refused")
        case .slow: throw RPCError(.deadlineExceeded, reason: "DEADLINE", message: "no answer in time")
        case .erring: throw RPCError(.internal, reason: "INTERNAL", message: "a fault of the service")
        case .busy: throw RPCError(.resourceExhausted, reason: "POLICY_BUSY", message: "later", retryAfter: .milliseconds(1))
        case .storeless: throw RPCError(.unavailable, reason: "DATABASE_UNAVAILABLE", message: "the database cannot be used right now")
        case .garbled: return ByteBuffer(bytes: [0xFF, 0xFF, 0xFF, 0x01])
        }
    }
}

/// What can be wrong with an answer on its way.
protocol Spoiling: Sendable {
    func spoil(_ decision: inout PolicyV1.Decision)
}

enum Spoiled: CaseIterable, Spoiling {
    case denied, expired, noVerdict, verdictOfALaterVersion, unknownObligation, oneAmongKnownOnes, obligationWithoutID, noList, noJSON, gateless

    func spoil(_ decision: inout PolicyV1.Decision) {
        func obligations(_ text: String) { decision.obligationsJSON = Array(text.utf8) }
        switch self {
        case .denied: decision.verdict = .deny
        case .expired:
            decision.verdict = .deny
            decision.reason = "the policies in force expired at 2026-01-01T00:00:00Z"
        case .noVerdict: decision.verdict = .unspecified
        case .verdictOfALaterVersion: decision.verdict = .unrecognized(77)
        case .unknownObligation: obligations(#"[{"id":"notarise"}]"#)
        case .oneAmongKnownOnes: obligations(#"[{"id":"redact","paths":[]},{"id":"notarise"}]"#)
        case .obligationWithoutID: obligations("[{}]")
        case .noList: obligations("{}")
        case .noJSON: obligations("[")
        case .gateless: decision.verdict = .requireApproval
        }
    }
}

enum Unproved: CaseIterable, Spoiling {
    case noID, noIdentity

    func spoil(_ decision: inout PolicyV1.Decision) {
        switch self {
        case .noID: decision.decisionID = []
        case .noIdentity: decision.enforcedIdentity = [1, 2]
        }
    }
}

/// A policy service that allows all, and whose answer is changed on its way.
struct SpoilingPolicy: RPCChannel {
    private let channel: any RPCChannel
    private let spoiling: any Spoiling

    init(_ spoiling: any Spoiling) {
        channel = InProcessChannel(
            services: [PolicyV1.PolicyService(handler: FakePolicy())], from: PeerIdentity(service: .flowEngine, certificateThumbprint: []))
        self.spoiling = spoiling
    }

    func call(_ method: MethodDescriptor, payload: ByteBuffer, options: CallOptions) async throws(RPCError) -> ByteBuffer {
        let answer = try await channel.call(method, payload: payload, options: options)
        guard var response = try? PolicyV1.DecideResponse(decodingBytes: Array(buffer: answer)), var decision = response.decision else {
            return answer
        }
        spoiling.spoil(&decision)
        response.decision = decision
        return ByteBuffer(bytes: response.encodedBytes())
    }
}
