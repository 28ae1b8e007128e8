internal import ArgumentParser
internal import Cedar
internal import JSON

/// `provable cedar partially-authorize`: what can be said while parts of the request are open.
struct CedarPartiallyAuthorizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "partially-authorize", abstract: "Decide as far as what is known reaches, and print what is left to ask.",
        discussion: "What is not given is open. Exits with 0 for allow, 2 for deny, 3 where it depends on what is open.")

    @Option(name: [.customShort("l"), .long], help: "Principal, such as User::\"alice\"; open where it is not given.")
    var principal: String?

    @Option(help: "Type of a principal that is open.")
    var principalType: String?

    @Option(name: .shortAndLong, help: "Action, such as Action::\"view\"; open where it is not given.")
    var action: String?

    @Option(name: .shortAndLong, help: "Resource, such as File::\"a.txt\"; open where it is not given.")
    var resource: String?

    @Option(help: "Type of a resource that is open.")
    var resourceType: String?

    @Option(name: .shortAndLong, help: "File with the context, a JSON object; open where it is not given.")
    var context: String?

    @OptionGroup var policies: PolicyArguments
    @OptionGroup var entities: EntityArguments

    func run() throws {
        let shapes = try entities.shapes()
        let uid = try action.map { try EntityUID(parsing: $0) }
        let request = PartialRequest(
            principal: try Self.part(principal, type: principalType), action: uid.map { .known($0) } ?? .open(type: nil),
            resource: try Self.part(resource, type: resourceType),
            context: try context.map { try RecordValue(json: CedarDocument.json($0), shape: uid.flatMap { shapes?.context(of: $0) } ?? .any) })
        let response = Authorizer.partially(request, try policies.policySet(), try entities.read(shapes: shapes))
        print(response.decision.map { $0 == .allow ? "ALLOW" : "DENY" } ?? "UNKNOWN")
        for id in response.satisfiedPermits { print("permits whatever is open: \(id)") }
        for id in response.satisfiedForbids { print("forbids whatever is open: \(id)") }
        for error in response.errors { print("error while evaluating policy `\(error.policy)`: \(error.error)") }
        for policy in response.residuals { print("left of \(policy.id): \(policy)") }
        switch response.decision {
        case .allow: break
        case .deny: throw CedarExit.deny
        case nil: throw CedarExit.unknown
        }
    }

    private static func part(_ uid: String?, type: String?) throws -> PartialRequest.Part {
        try uid.map { .known(try EntityUID(parsing: $0)) } ?? .open(type: type.map { Text($0) })
    }
}
