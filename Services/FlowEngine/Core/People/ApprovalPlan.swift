public import Identity
public import JSON
public import Trust

/// Who must say yes before something is approved: stages one after the other, each with a number of people of a role.
/// It is part of the subject that every voter signs, so that nobody can loosen it afterwards.
public struct ApprovalPlan: Hashable, Sendable {
    public struct Stage: Hashable, Sendable {
        public var role: String
        /// Where it is not empty, only these people of the role count.
        public var persons: [String]
        /// So many different people must approve.
        public var quorum: Int

        public init(role: String, persons: [String] = [], quorum: Int = 1) {
            self.role = role
            self.persons = persons
            self.quorum = quorum
        }
    }

    /// Where the votes stand.
    public enum Standing: Hashable, Sendable {
        case waiting(stage: Int)
        case approved
        case rejected
    }

    /// Never empty.
    public let stages: [Stage]
    /// So many rejections reject the whole.
    public let rejections: Int

    public init?(stages: [Stage], rejections: Int = 1) {
        guard !stages.isEmpty, rejections > 0, stages.allSatisfy({ $0.quorum > 0 }) else { return nil }
        self.stages = stages
        self.rejections = rejections
    }

    /// One answer of one person decides: such a task needs no votes.
    public var isSingle: Bool { stages.count == 1 && stages[0].quorum == 1 && stages[0].persons.isEmpty && rejections == 1 }

    /// Only votes on exactly this subject count, and of each person only the first: a stage gets what the ones before it left.
    public func standing(_ votes: [ApprovalVote], on digest: SHA256Digest) -> Standing {
        let counted = Self.counted(votes, on: digest)
        if counted.count(where: { $0.verdict == .reject }) >= rejections { return .rejected }
        for (index, stage) in stages.enumerated() {
            if counted.count(where: { $0.stage == index && $0.verdict == .approve }) < stage.quorum { return .waiting(stage: index) }
        }
        return .approved
    }

    /// The votes that count, in their order.
    public static func counted(_ votes: [ApprovalVote], on digest: SHA256Digest) -> [ApprovalVote] {
        var seen: Set<String> = []
        return votes.filter { $0.digest == digest && seen.insert($0.by.lowercased()).inserted }
    }
}

/// One person's part of a decision.
public struct ApprovalVote: Hashable, Sendable {
    public var by: String
    public var verdict: PersonAnswer.Verdict
    public var stage: Int
    /// What the person saw and signed.
    public var digest: SHA256Digest
    public var receipt: ReceiptID?

    public init(by: String, verdict: PersonAnswer.Verdict, stage: Int, digest: SHA256Digest, receipt: ReceiptID? = nil) {
        self.by = by
        self.verdict = verdict
        self.stage = stage
        self.digest = digest
        self.receipt = receipt
    }
}

// MARK: As a part of the subject

extension ApprovalPlan {
    public var json: JSONValue {
        let list = stages.map { stage -> JSONValue in
            ["role": .string(stage.role), "persons": .array(stage.persons.map(JSONValue.string)), "quorum": .int(Int64(stage.quorum))]
        }
        return ["stages": .array(list), "rejections": .int(Int64(rejections))]
    }

    /// Nil where the subject has no plan, or one that cannot be read.
    public init?(subject: JSONValue) {
        guard let value = subject["plan"], let list = value["stages"]?.arrayValue, let rejections = value["rejections"]?.intValue else { return nil }
        var stages: [Stage] = []
        for item in list {
            guard let role = item["role"]?.stringValue, let persons = item["persons"]?.arrayValue, let quorum = item["quorum"]?.intValue else {
                return nil
            }
            stages.append(Stage(role: role, persons: persons.compactMap(\.stringValue), quorum: Int(quorum)))
        }
        self.init(stages: stages, rejections: Int(rejections))
    }

    /// In a sentence: who approved, and for whom it waits.
    public func progress(_ votes: [ApprovalVote], on digest: SHA256Digest) -> String {
        let counted = Self.counted(votes, on: digest)
        let parts = stages.enumerated().map { index, stage in
            let people = counted.filter { $0.stage == index && $0.verdict == .approve }.map(\.by)
            let of = stage.persons.isEmpty ? "" : " among \(stage.persons.joined(separator: ", "))"
            return "\(people.count) of \(stage.quorum) by \(stage.role)\(of)\(people.isEmpty ? "" : " (\(people.joined(separator: ", ")))")"
        }
        let refused = counted.filter { $0.verdict == .reject }.map(\.by)
        let void = votes.count(where: { $0.digest != digest })
        return parts.joined(separator: ", then ") + (refused.isEmpty ? "" : "; rejected by \(refused.joined(separator: ", "))")
            + (void == 0 ? "" : "; \(void) earlier votes are void, since the subject changed")
    }
}
