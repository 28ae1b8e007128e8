internal import FoundationEssentials
internal import Identity
internal import Wire

/// Answers the methods of `provable.policy.v1.Policy`. Each group of methods is one file beside this one.
package struct PolicyEndpoint: PolicyV1.PolicyHandler {
    let parts: PolicyParts
    let desk = DecisionDesk()
    let writer: DecisionWriter
    let publishing: Publishing

    init(parts: PolicyParts, followers: BlueprintFollower) {
        self.parts = parts
        publishing = Publishing(parts: parts, followers: followers)
        writer = DecisionWriter(parts: parts)
    }
}
