import FoundationEssentials
import Identity
import Testing
import Trust

@testable import ConnectorsCore

@Suite struct CallPlanTests {
    let digest = SHA256Digest(hashing: [1])
    let me = WorkerID(instance: "c-1", boot: "b2")
    let now = Date(timeIntervalSince1970: 1_000)

    func record(_ state: VendorCallRecord.State, worker: WorkerID? = nil, leaseIn seconds: Double = 30) -> VendorCallRecord {
        VendorCallRecord(state: state, requestDigest: digest, attempt: 2, worker: worker ?? me, leaseEnds: now.addingTimeInterval(seconds))
    }

    func plan(_ record: VendorCallRecord?, _ strategy: IdempotencyStrategy, digest: SHA256Digest? = nil) -> CallPlan {
        CallPlan.make(record, request: digest ?? self.digest, strategy: strategy, worker: me, now: now)
    }

    @Test func aNewKeyBegins() { #expect(plan(nil, .unsafe) == .begin(attempt: 1)) }

    @Test(arguments: [VendorCallRecord.State.prepared, .started, .retryable, .succeeded, .failed, .mayHaveRun])
    func aKeyOfAnotherRequestIsAConflict(state: VendorCallRecord.State) {
        #expect(plan(record(state), .idempotent, digest: SHA256Digest(hashing: [2])) == .conflict)
    }

    @Test func whatIsOverIsAnswered() {
        #expect(plan(record(.succeeded), .unsafe) == .answer)
        #expect(plan(record(.failed), .idempotent) == .answer)
        #expect(plan(record(.retryable), .unsafe) == .begin(attempt: 3))
    }

    @Test func whatIsUnknownIsLookedForWhereItCanBe() {
        #expect(plan(record(.mayHaveRun), .readBack) == .readBack)
        #expect(plan(record(.mayHaveRun), .unsafe) == .answer)
    }

    @Test(arguments: [VendorCallRecord.State.prepared, .started])
    func aLivingWorkerIsLeftAlone(state: VendorCallRecord.State) {
        #expect(plan(record(state), .idempotent) == .busy(retryAfter: .seconds(1)))
        #expect(plan(record(state, worker: WorkerID(instance: "c-2", boot: "x"), leaseIn: 0.5), .idempotent) == .busy(retryAfter: .milliseconds(500)))
    }

    @Test(arguments: [WorkerID(instance: "c-1", boot: "b1"), WorkerID(instance: "c-2", boot: "x")])
    func aDeadWorkersCallIsTakenOver(worker: WorkerID) {
        // An earlier life of this instance is dead whatever its lease says; another instance when its lease ended.
        let lease = worker.instance == me.instance ? 30.0 : 0
        #expect(plan(record(.prepared, worker: worker, leaseIn: lease), .unsafe) == .resume(attempt: 2))
        #expect(plan(record(.started, worker: worker, leaseIn: lease), .idempotent) == .begin(attempt: 3))
        #expect(plan(record(.started, worker: worker, leaseIn: lease), .keyed) == .begin(attempt: 3))
        #expect(plan(record(.started, worker: worker, leaseIn: lease), .readBack) == .readBack)
        #expect(plan(record(.started, worker: worker, leaseIn: lease), .unsafe) == .giveUp)
    }

    @Test func namesFollowFromTheCall() {
        let tenant = TenantID.make(), run = RunID.make()
        let identity = CallIdentity(tenant: tenant, key: "k", operation: "a.b", inputDigest: digest, run: run, step: "s")
        #expect(identity.marker.utf8.count == 41 && identity.marker.hasPrefix("provable-"))
        #expect(identity.usageEventID(attempt: 1) != identity.usageEventID(attempt: 2))
        #expect(identity.usageEventID(attempt: 1) == identity.usageEventID(attempt: 1))
        for other in [
            CallIdentity(tenant: tenant, key: "k", operation: "a.c", inputDigest: digest, run: run, step: "s"),
            CallIdentity(tenant: tenant, key: "k", operation: "a.b", inputDigest: SHA256Digest(hashing: [9]), run: run, step: "s"),
            CallIdentity(tenant: tenant, key: "k", operation: "a.b", inputDigest: digest, run: nil, step: "s"),
            CallIdentity(tenant: tenant, key: "k", operation: "a.b", inputDigest: digest, run: run, step: "t"),
        ] { #expect(other.requestDigest != identity.requestDigest && other.marker == identity.marker) }
        let foreign = CallIdentity(tenant: .make(), key: "k", operation: "a.b", inputDigest: digest, run: run, step: "s")
        #expect(foreign.marker != identity.marker)
    }
}
