import Cedar
import FoundationEssentials
import JSON
import Testing

@testable import PolicyCore

/// Who may, on what, and what.
@Suite struct CandidateSearchTests {
    private static let policies = """
        @id("readers") permit(principal in Group::"staff", action in [Action::"read", Action::"list"], resource is Doc);
        @id("owners") permit(principal, action, resource == Doc::"plan") when { principal == User::"ann" };
        @id("clerks-pay") permit(principal in Role::"clerk", action == Action::"pay", resource);
        @id("large") @gate("approval") @approvers("finance")
        forbid(principal, action == Action::"pay", resource) when { context.input has amount && context.input.amount > 500 }
        unless { context.grants.approval.contains(Role::"finance") };
        @id("hide") @gate("redact") @redact("iban")
        forbid(principal, action == Action::"pay", resource is Bank)
        unless { context.grants.redact.contains("iban") };
        @id("no-bob") forbid(principal == User::"bob", action == Action::"list", resource);
        @id("never") forbid(principal, action == Action::"wipe", resource);
        @id("may-wipe") permit(principal, action == Action::"wipe", resource);
        """
    private static let entities: JSONValue = [
        ["uid": ["type": "User", "id": "ann"], "attrs": [:], "parents": [["type": "Group", "id": "staff"]]],
        ["uid": ["type": "User", "id": "bob"], "attrs": [:], "parents": [["type": "Group", "id": "staff"]]],
        ["uid": ["type": "User", "id": "eve"], "attrs": [:], "parents": []],
        ["uid": ["type": "Doc", "id": "memo"], "attrs": [:], "parents": []],
        ["uid": ["type": "Group", "id": "staff"], "attrs": [:], "parents": []],
    ]

    private let bundle: CompiledBundle

    init() throws { bundle = try CompiledBundle.compile(policies: Self.policies, entities: Self.entities) }

    private func question(_ action: String, principal: String = "", resource: String = "", type: String = "Doc", input: JSONValue = [:]) -> Question {
        Question(
            principalType: "User", principal: principal, roles: [], action: action, resourceType: type, resource: resource, input: input,
            time: Date(timeIntervalSince1970: 1_800_000_000))
    }

    private func all(
        _ kind: CandidateSearch.Kind, _ question: Question, among given: [CandidateSearch.Candidate] = [], limit: Int = 100
    ) throws -> [String] {
        var found: [String] = []
        var last: String?
        repeat {
            let page = try CandidateSearch(bundle: bundle).page(kind, question, among: given, after: last, limit: limit)
            #expect(page.results.count <= limit)
            found += page.results.map(\.id)
            last = page.next
        } while last != nil
        return found
    }

    @Test func subjectsAreFoundThroughTheirGroups() throws {
        #expect(try all(.subject, question("read", resource: "memo")) == ["ann", "bob"])
        #expect(try all(.subject, question("list", resource: "memo")) == ["ann"])
        #expect(try all(.subject, question("wipe", resource: "memo")).isEmpty)
    }

    @Test func subjectsOfADirectoryComeWithTheirRoles() throws {
        let people = [CandidateSearch.Candidate(id: "zoe", roles: ["clerk"]), CandidateSearch.Candidate(id: "ann", roles: [])]
        #expect(try all(.subject, question("pay", resource: "x", input: ["amount": 5]), among: people) == ["zoe"])
        // What would need an approval is not permitted.
        #expect(try all(.subject, question("pay", resource: "x", input: ["amount": 501]), among: people).isEmpty)
    }

    @Test func aRedactionIsFoundWithWhatItTakesOut() throws {
        let people = [CandidateSearch.Candidate(id: "zoe", roles: ["clerk"])]
        let asked = question("pay", resource: "main", type: "Bank", input: ["amount": 5, "iban": "DE00"])
        let page = try CandidateSearch(bundle: bundle).page(.subject, asked, among: people, after: nil, limit: 10)
        #expect(page.results.map(\.judgement.verdict) == [.redact])
        #expect(page.results.first?.judgement.input == ["amount": 5, "iban": "[redacted]"])
    }

    @Test func resourcesAreThoseOfTheBundleAndThoseThatPoliciesName() throws {
        #expect(try all(.resource, question("read", principal: "ann")) == ["memo", "plan"])
        #expect(try all(.resource, question("edit", principal: "ann")) == ["plan"])
        #expect(try all(.resource, question("edit", principal: "eve")).isEmpty)
    }

    @Test func actionsAreThoseThatPoliciesName() throws {
        #expect(try all(.action, question("", principal: "ann", resource: "plan")) == ["list", "pay", "read"])
        #expect(try all(.action, question("", principal: "bob", resource: "memo")) == ["read"])
    }

    /// Whatever the size of the pages, the same is found in the same order, and each page is what a decision on each candidate says.
    @Test(arguments: [1, 2, 3, 7]) func pagesMakeTheWhole(limit: Int) throws {
        let people = (0..<23).map { CandidateSearch.Candidate(id: "p\($0)", roles: $0 % 3 == 0 ? ["clerk"] : []) }
        let asked = question("pay", resource: "x")
        let expected = people.filter { !$0.roles.isEmpty }.map(\.id).sorted()
        #expect(try all(.subject, asked, among: people, limit: limit) == expected)
    }

    @Test func aPageOfNoneGoesOnFromItsBeginning() throws {
        let asked = question("read", resource: "memo")
        let page = try CandidateSearch(bundle: bundle).page(.subject, asked, among: [], after: nil, limit: 0)
        #expect(page.results.isEmpty)
        #expect(page.next != nil)
    }

    @Test func anExpiredBundlePermitsNobody() throws {
        var content = BundleContent(policies: Self.policies, entities: Self.entities)
        content.expires = Date(timeIntervalSince1970: 1_700_000_000)
        let page = try CandidateSearch(bundle: try .compile(content)).page(
            .subject, question("read", resource: "memo"), among: [], after: nil, limit: 10)
        #expect(page.results.isEmpty)
        #expect(page.next == nil)
    }
}
