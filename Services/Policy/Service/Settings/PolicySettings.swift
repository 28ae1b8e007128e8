internal import Identity
internal import JSON
internal import Trust

/// What a tenant asks of changes to its policies.
struct PolicySettings: Hashable, Sendable {
    /// Who proposes an activation does not approve it.
    var twoPerson = false
    /// Proposals that tighten are put in force without a person.
    var tightensAutomatically = false
    /// Decisions of this time are replayed before an activation; 0 for no replay.
    var replaySeconds: Int64 = 0
    /// Whose bundles are the blueprint here.
    var agency: TenantID?
    /// The one that is followed now.
    var blueprint: SHA256Digest?

    /// What a person sets, without whom is followed.
    var json: JSONValue {
        [
            "replay_seconds": .int(replaySeconds), "tighten_automatically": .bool(tightensAutomatically), "two_person": .bool(twoPerson),
        ]
    }

    /// These with what `json` says.
    func applying(_ json: JSONValue) -> PolicySettings {
        var settings = self
        settings.replaySeconds = json["replay_seconds"]?.intValue ?? replaySeconds
        settings.tightensAutomatically = json["tighten_automatically"]?.boolValue ?? tightensAutomatically
        settings.twoPerson = json["two_person"]?.boolValue ?? twoPerson
        return settings
    }
}
