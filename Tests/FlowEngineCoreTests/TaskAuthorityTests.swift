import FlowEngineCore
import JSON
import Testing
import Trust

@Suite struct TaskAuthorityTests {
    private let digest = SHA256Digest(hashing: [1])
    private func task(_ kind: PersonRequest.Kind = .approval, _ state: TaskAuthority.State = .open) -> TaskAuthority.Task {
        .init(kind: kind, state: state, role: "on-call", excluded: ["dana@acme.example"], digest: digest, form: FormSchema(["required": ["note"]]))
    }

    private func refusal(
        _ verdict: PersonAnswer.Verdict, by principal: String?, roles: [String], seen: SHA256Digest?, on task: TaskAuthority.Task,
        answer: JSONValue = [:]
    ) -> TaskAuthority.Refusal.Reason? {
        do throws(TaskAuthority.Refusal) {
            try TaskAuthority.authorise(
                PersonAnswer(verdict: verdict, by: principal ?? "", answer: answer), seenDigest: seen, on: task, principal: principal, roles: roles)
            return nil
        } catch {
            return error.reason
        }
    }

    @Test func whoMayDecide() {
        #expect(refusal(.approve, by: "omar@acme.example", roles: ["on-call"], seen: digest, on: task()) == nil)
        #expect(refusal(.approve, by: "dana@acme.example", roles: ["on-call"], seen: digest, on: task()) == .selfApproval)
        #expect(refusal(.approve, by: "Dana@ACME.example", roles: ["on-call"], seen: digest, on: task()) == .selfApproval)
        #expect(refusal(.reject, by: "dana@acme.example", roles: ["on-call"], seen: digest, on: task()) == .selfApproval)
        #expect(refusal(.approve, by: "omar@acme.example", roles: ["admin", "operator"], seen: digest, on: task()) == .roleRequired)
        #expect(refusal(.approve, by: "omar@acme.example", roles: ["on-call"], seen: nil, on: task()) == .subjectChanged)
        #expect(refusal(.approve, by: "omar@acme.example", roles: ["on-call"], seen: SHA256Digest(hashing: [2]), on: task()) == .subjectChanged)
        #expect(refusal(.approve, by: "omar@acme.example", roles: ["on-call"], seen: digest, on: task(.approval, .approved)) == .closed)
        #expect(refusal(.approve, by: nil, roles: ["on-call"], seen: digest, on: task()) == .notAPerson)
        #expect(refusal(.complete, by: "omar@acme.example", roles: ["on-call"], seen: digest, on: task()) == .wrongVerdict)
        #expect(refusal(.complete, by: "omar@acme.example", roles: ["on-call"], seen: digest, on: task(.task)) == .invalidAnswer)
        #expect(refusal(.complete, by: "omar@acme.example", roles: ["on-call"], seen: digest, on: task(.task), answer: ["note": "x"]) == nil)
    }
}
