internal import NIOConcurrencyHelpers
internal import Trust

/// Tokens whose signature has been checked, since checking one costs as much as many calls and a token travels with all calls of a
/// request. Kept by digest: nothing here could be presented by whoever reads it. What a token says of its time is judged anew each time.
final class VerifiedTokens: Sendable {
    /// Some 300 bytes each.
    static let countMax = 4096

    private let claims = NIOLockedValueBox<[SHA256Digest: DelegationClaims]>([:])

    func claims(of digest: SHA256Digest) -> DelegationClaims? { claims.withLockedValue { $0[digest] } }

    func put(_ verified: DelegationClaims, for digest: SHA256Digest, now: Int64) {
        claims.withLockedValue { claims in
            if claims.count >= Self.countMax { claims = claims.filter { $0.value.expiresAt > now } }
            // All of them are alive: whoever mints so many pays for the checking.
            guard claims.count < Self.countMax else { return }
            claims[digest] = verified
        }
    }
}
