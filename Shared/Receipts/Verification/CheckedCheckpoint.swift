/// The checkpoint of a bundle, verified once for all the proofs that rest on it.
struct CheckedCheckpoint {
    let checkpoint: SignedCheckpoint
    let level: ProofLevel
    let reason: String
    /// Set where a signature claims to be the log's and is not.
    let fault: String?

    init(_ checkpoint: SignedCheckpoint, anchors: TrustAnchors) {
        self.checkpoint = checkpoint
        let keys = anchors.log(origin: checkpoint.checkpoint.origin)
        let place = "index proved under the root of size \(checkpoint.checkpoint.size)"
        guard !keys.isEmpty else {
            (level, reason, fault) = (.logged, "\(place), but the log's key is not trusted", nil)
            return
        }
        guard keys.contains(where: { checkpoint.isSigned(byLog: $0) }) else {
            (level, reason, fault) = (.logged, place, "the checkpoint is not signed by the log's key")
            return
        }
        let count = checkpoint.witnessCount(among: anchors.witnesses)
        let threshold = anchors.witnessThreshold
        let isWitnessed = threshold > 0 && count >= threshold
        level = isWitnessed ? .witnessed : .checkpointed
        let seen = threshold > 0 ? ", \(count) of \(anchors.witnesses.count) witnesses (\(threshold) needed)" : ""
        reason = "\(place), signed by the log\(seen)"
        fault = nil
    }
}
