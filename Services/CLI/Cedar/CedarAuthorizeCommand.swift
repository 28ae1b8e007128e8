internal import ArgumentParser
internal import Cedar

/// `provable cedar authorize`: the decision of one request. Exits with 0 for allow, 2 for deny.
struct CedarAuthorizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "authorize", abstract: "Decide a request.")

    @OptionGroup var request: RequestArguments
    @OptionGroup var policies: PolicyArguments
    @OptionGroup var entities: EntityArguments

    @Flag(name: .shortAndLong, help: "Say which policies decided.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say how long the decision took.")
    var timing = false

    func run() throws {
        let set = try policies.policySet()
        let shapes = try entities.shapes()
        let known = try entities.read(shapes: shapes)
        let asked = try request.request(shapes: shapes)
        let clock = ContinuousClock()
        let start = clock.now
        let response = Authorizer.isAuthorized(asked, set, known)
        if timing { print("Authorization Time (micro seconds) : \((clock.now - start) / .microseconds(1))") }
        print(response.decision == .allow ? "ALLOW" : "DENY")
        for error in response.errors { print("error while evaluating policy `\(error.policy)`: \(error.error)") }
        if verbose {
            print(response.reasons.isEmpty ? "note: no policies applied to this request" : "note: this decision was due to the following policies:")
            for reason in response.reasons { print("  \(reason)") }
        }
        guard response.decision == .allow else { throw CedarExit.deny }
    }
}
