internal import Identity
internal import JSON
internal import Wire

/// A thousand policies of which a few fit each request, and requests whose verdicts are known beforehand.
enum Workload {
    static let roles = 50
    static let tools = 20

    /// Every role may use every tool up to an amount of its own; a few forbids look at every request.
    static func policies(_ count: Int, limitShift: Int = 0) -> String {
        var lines: [String] = []
        for index in 0..<4 {
            lines.append(#"@id("guard\#(index)") forbid(principal, action, resource) when { context.input.risk > \#(95 + index) };"#)
        }
        for index in 0..<(count - 4) {
            let role = index % roles
            let tool = index / roles % tools
            let shift = index == 0 ? limitShift : 0
            lines.append(
                #"@id("p\#(index)") permit(principal in Role::"r\#(role)", action == Action::"tool\#(tool)", resource) when { context.input.amount <= \#(limit(role, tool) + shift) };"#
            )
        }
        return lines.joined(separator: "\n")
    }

    private static func limit(_ role: Int, _ tool: Int) -> Int { (role * 37 + tool * 11) % 100 }

    static func request(_ index: Int) -> (request: PolicyV1.DecideRequest, verdict: PolicyV1.Verdict) {
        let (role, tool, amount, risk) = (index % roles, index / 7 % tools, index * 13 % 100, index % 97)
        // What the last four numbers of roles and tools have lost to the guards is nothing that these requests ask.
        let isPermitted = amount <= limit(role, tool) && tool * roles + role < 996
        let request = PolicyV1.DecideRequest(
            principal: .init(type: "User", id: "u\(index % 500)"), roles: ["r\(role)"], action: "tool\(tool)",
            resource: .init(type: "Document", id: "d\(index % 1000)"),
            inputJSON: JSONValue.object([
                "amount": .int(Int64(amount)), "risk": .int(Int64(risk)), "note": .string("what a person wrote about request \(index)"),
            ]).encoded(), requestID: UUIDv7.make().bytes)
        return (request, isPermitted && risk <= 95 ? .allow : .deny)
    }
}
