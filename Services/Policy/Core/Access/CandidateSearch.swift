internal import Cedar
public import FoundationEssentials

/// Who may do this, on what, or what may they do: asks of each candidate what would be decided, in a fixed order and piece by piece.
///
/// What the policies say of the open question comes first: where nothing could permit it, or where a forbid holds whoever it is, no
/// candidate is weighed at all.
public struct CandidateSearch: Sendable {
    public enum Kind: Hashable, Sendable { case subject, resource, action }

    /// What may be found beside what the bundle knows.
    public struct Candidate: Hashable, Sendable {
        public let id: String
        public let roles: [String]

        public init(id: String, roles: [String] = []) {
            self.id = id
            self.roles = roles
        }
    }

    public struct Page: Sendable {
        /// Only what is permitted, be it with a redaction.
        public var results: [(id: String, judgement: Judgement)] = []
        /// The candidate after which the next page begins; nil where none is left.
        public var next: String?
    }

    /// Candidates of one page: a search that finds little ends a page early instead of taking long.
    public static let weighedMax = 2_000

    private let bundle: CompiledBundle
    private let judge: Judge

    public init(bundle: CompiledBundle) {
        self.bundle = bundle
        judge = Judge(bundle: bundle)
    }

    /// - Parameters:
    ///   - question: What is fixed of it, and the type of what is open.
    ///   - last: The candidate that ended the page before.
    public func page(_ kind: Kind, _ question: Question, among given: [Candidate], after last: String?, limit: Int) throws(InputFault) -> Page {
        guard try canPermit(kind, question) else { return Page() }
        let candidates = candidates(kind, question, given)
        var page = Page()
        var position = last.map { last in candidates.firstIndex { Self.precedes(last, $0.id) } ?? candidates.count } ?? 0
        let end = min(candidates.count, position + Self.weighedMax)
        // What is before the first candidate of all sorts before every id.
        var passed = last ?? ""
        while position < end, page.results.count < limit {
            let candidate = candidates[position]
            let judgement = try judge.judge(question.filled(kind, candidate))
            if judgement.verdict == .allow || judgement.verdict == .redact { page.results.append((candidate.id, judgement)) }
            passed = candidate.id
            position += 1
        }
        page.next = position < candidates.count ? passed : nil
        return page
    }

    // MARK: The open question

    private func canPermit(_ kind: Kind, _ question: Question) throws(InputFault) -> Bool {
        let matter = try bundle.matter(question)
        let whole = matter.request(.none)
        let request = PartialRequest(
            principal: kind == .subject ? .open(type: whole.principal.type) : .known(whole.principal),
            action: kind == .action ? .open(type: whole.action.type) : .known(whole.action),
            resource: kind == .resource ? .open(type: whole.resource.type) : .known(whole.resource), context: whole.context)
        let answer = Authorizer.partially(request, bundle.policies, matter.entities)
        guard !answer.satisfiedPermits.isEmpty || answer.residuals.contains(where: { $0.effect == .permit }) else { return false }
        // A forbid that errs counts as one that holds, as in a verdict.
        let holding = answer.satisfiedForbids + answer.errors.filter { $0.effect == .forbid }.map(\.policy)
        return holding.allSatisfy { bundle.gates[$0]?.kind == .redact }
    }

    // MARK: Candidates

    private func candidates(_ kind: Kind, _ question: Question, _ given: [Candidate]) -> [Candidate] {
        var byID = Dictionary(given.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for id in known(kind, question) where byID[id] == nil { byID[id] = Candidate(id: id) }
        return byID.values.sorted { Self.precedes($0.id, $1.id) }
    }

    /// Of the bundle's entities, and of what the scopes of its policies name.
    private func known(_ kind: Kind, _ question: Question) -> [String] {
        let type =
            switch kind {
            case .subject: question.principalUID.type
            case .resource: question.resourceUID.type
            case .action: question.actionUID.type
            }
        let named = bundle.policies.policies.flatMap { policy -> [EntityUID] in
            switch kind {
            case .subject: policy.scope.principal.named
            case .resource: policy.scope.resource.named
            case .action: policy.scope.action.named
            }
        }
        return (bundle.known.all.map(\.uid) + named).filter { $0.type == type && !$0.id.string.isEmpty }.map(\.id.string)
    }

    /// By their bytes, so that the order is the same for everybody.
    private static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}

extension Question {
    fileprivate func filled(_ kind: CandidateSearch.Kind, _ candidate: CandidateSearch.Candidate) -> Question {
        var question = self
        switch kind {
        case .subject:
            question.principal = candidate.id
            question.roles = candidate.roles
        case .resource: question.resource = candidate.id
        case .action: question.action = candidate.id
        }
        return question
    }
}

extension EntityConstraint {
    fileprivate var named: [EntityUID] {
        switch self {
        case .equal(.entity(let uid)), .in(.entity(let uid)), .isIn(_, .entity(let uid)): [uid]
        default: []
        }
    }
}

extension ActionConstraint {
    fileprivate var named: [EntityUID] {
        switch self {
        case .any: []
        case .equal(let uid): [uid]
        case .in(let uids): uids
        }
    }
}
