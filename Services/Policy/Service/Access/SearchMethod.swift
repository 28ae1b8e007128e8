internal import FoundationEssentials
internal import Identity
internal import JSON
internal import PolicyCore
package import RPC
package import Wire

extension AccessEndpoint {
    private static let pageDefault = 50
    private static let pageMax = 200
    private static let candidatesMax = 10_000

    /// Decides nothing and logs nothing: nobody acts on a search. What it finds is to be asked again by whoever acts.
    package func search(_ request: PolicyAccessV1.SearchRequest, context: CallContext) async throws -> PolicyAccessV1.SearchResponse {
        let tenant = try context.requireTenant()
        guard let kind = CandidateSearch.Kind(request.kind) else {
            throw RPCError.invalid("kind", "is not known", fix: "search for subject, resource or action")
        }
        guard request.candidates.count <= Self.candidatesMax else {
            throw RPCError.invalid("candidates", "are more than \(Self.candidatesMax)", fix: "send fewer")
        }
        guard let question = request.question else { throw RPCError.invalid("question", "is missing", fix: "send it") }
        // What is open is asked of as nobody in particular.
        let asked = try AskedAccess(question.withOpen(kind), context, mayAskForOthers: mayAskForOthers(context))
        var fixed = try asked.question(context, at: now())
        fixed.leaveOpen(kind)
        let last = request.cursor.isEmpty ? nil : String(validating: request.cursor, as: UTF8.self)
        guard request.cursor.isEmpty || last != nil else {
            throw RPCError.invalid("cursor", "is no cursor", fix: "send next_cursor of the page before")
        }
        let limit = request.limit == 0 && !request.wantsNone ? Self.pageDefault : min(Int(request.limit), Self.pageMax)
        let bundle = try await activeBundle(tenant)
        do throws(InputFault) {
            let candidates = request.candidates.map { CandidateSearch.Candidate(id: $0.id, roles: $0.roles) }
            let page = try CandidateSearch(bundle: bundle).page(kind, fixed, among: candidates, after: last, limit: limit)
            return PolicyAccessV1.SearchResponse(
                results: page.results.map { found(kind, fixed, $0.id, $0.judgement) }, nextCursor: page.next.map { Array($0.utf8) } ?? [])
        } catch {
            throw error.refusal
        }
    }

    private func found(_ kind: CandidateSearch.Kind, _ question: Question, _ id: String, _ judgement: Judgement) -> PolicyAccessV1.Found {
        let type =
            switch kind {
            case .subject: question.principalType
            case .resource: question.resourceType
            case .action: ""
            }
        let redactions = judgement.gates.filter { $0.kind == .redact }.map { gate -> JSONValue in
            ["id": "redact", "paths": .array(gate.redactedPaths.map { .string($0.joined(separator: ".")) })]
        }
        guard !redactions.isEmpty else { return PolicyAccessV1.Found(type: type, id: id) }
        return PolicyAccessV1.Found(
            type: type, id: id, obligationsJSON: JSONValue.array(redactions).encoded(), inputJSON: judgement.input.encoded())
    }
}

extension CandidateSearch.Kind {
    fileprivate init?(_ kind: PolicyAccessV1.SearchKind) {
        switch kind {
        case .subject: self = .subject
        case .resource: self = .resource
        case .action: self = .action
        case .unspecified, .unrecognized: return nil
        }
    }
}

extension PolicyAccessV1.Question {
    /// With a name in the open place, where a question must have one.
    fileprivate func withOpen(_ kind: CandidateSearch.Kind) -> PolicyAccessV1.Question {
        var question = self
        switch kind {
        case .subject:
            question.subject = PolicyV1.EntityReference(type: subject?.type ?? "", id: "?")
            question.subjectRoles = []
        case .resource: question.resource = PolicyV1.EntityReference(type: resource?.type ?? "", id: "?")
        case .action: question.action = "?"
        }
        return question
    }
}

extension Question {
    /// Nothing has an empty name.
    fileprivate mutating func leaveOpen(_ kind: CandidateSearch.Kind) {
        switch kind {
        case .subject: principal = ""
        case .resource: resource = ""
        case .action: action = ""
        }
    }
}
