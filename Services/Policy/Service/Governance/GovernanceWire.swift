internal import Identity
internal import JSON
internal import PolicyCore
internal import Trust
internal import Wire

extension BundleProblem {
    var wire: PolicyV1.PolicyProblem {
        PolicyV1.PolicyProblem(
            line: UInt32(clamping: line), column: UInt32(clamping: column), message: message, policyID: policy, fix: fix, source: source.rawValue)
    }
}

extension BundleTestResult {
    var wire: PolicyGovernanceV1.TestResult {
        PolicyGovernanceV1.TestResult(name: name, passed: passed, expected: expected, found: found)
    }
}

extension StoredBundle {
    func wire(isActive: Bool) -> PolicyV1.Bundle {
        PolicyV1.Bundle(
            digest: digest.bytes, name: name, policies: content.policies, entitiesJSON: content.entities == [] ? [] : content.entities.encoded(),
            createdMicros: created.micros, author: author, active: isActive, schema: content.schema,
            testsJSON: content.tests == [] ? [] : content.tests.encoded(), expiresMicros: content.expires?.micros ?? 0,
            blueprintDigest: content.blueprint?.bytes ?? [], envelope: envelope)
    }

    func summary(_ pointers: PostgresBundleStore.Pointers) -> PolicyGovernanceV1.BundleSummary {
        PolicyGovernanceV1.BundleSummary(
            digest: digest.bytes, name: name, author: author, createdMicros: created.micros, expiresMicros: content.expires?.micros ?? 0,
            blueprintDigest: content.blueprint?.bytes ?? [], active: pointers.active == digest, shadow: pointers.shadow == digest)
    }
}

extension Activation.State {
    var wire: PolicyGovernanceV1.ActivationState {
        switch self {
        case .awaitingApproval: .awaitingApproval
        case .active: .active
        case .rejected: .rejected
        case .held: .held
        }
    }
}

extension Activation {
    var wire: PolicyGovernanceV1.Activation {
        PolicyGovernanceV1.Activation(
            activationID: id.bytes, kind: kind.rawValue, digest: digest?.bytes ?? [], previousDigest: previous?.bytes ?? [], state: state.wire,
            proposedBy: proposedBy, decidedBy: decidedBy, note: note, proposedMicros: proposed.micros, decidedMicros: decided?.micros ?? 0,
            receiptID: receipt?.bytes ?? [])
    }
}

extension Activator.Outcome {
    var wire: PolicyGovernanceV1.ActivateBundleResponse {
        PolicyGovernanceV1.ActivateBundleResponse(
            state: state.wire, proposalID: proposal?.bytes ?? [], receiptID: receipt?.bytes ?? [], reportJSON: report?.json.encoded() ?? [])
    }
}

extension PolicySettings {
    var wire: PolicyGovernanceV1.Settings {
        PolicyGovernanceV1.Settings(
            twoPerson: twoPerson, tightenAutomatically: tightensAutomatically, replaySeconds: UInt32(clamping: replaySeconds))
    }
}
