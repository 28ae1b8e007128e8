internal import ArgumentParser
internal import Identity
internal import Wire

struct PolicyTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run all checks and tests of a bundle; store nothing.", discussion: "Exits with 1 where it would be refused.")

    @OptionGroup var options: GovernanceOptions
    @OptionGroup var bundle: BundleArguments

    func run() async throws {
        let content = try bundle.content()
        let answer = try await options.ask { try await $0.testBundle(.init(content: content), options: $1) }
        try BundleArguments.show(answer.problems, answer.results)
        print("would be \(PolicyText.short(answer.digest))")
    }
}

struct PolicyPublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "publish", abstract: "Store a bundle that passes its checks, and put it in force.")

    @OptionGroup var options: GovernanceOptions
    @OptionGroup var bundle: BundleArguments

    @Flag(help: "Store it, and leave in force what is.")
    var storeOnly = false

    @Flag(help: "Let decisions become looser, where the tenant has drafts replayed.")
    var acceptLoosening = false

    @Option(help: "Why.")
    var note = ""

    func run() async throws {
        let content = try bundle.content()
        let answer = try await options.ask(timeout: .seconds(300)) {
            try await $0.publishBundle(
                .init(content: content, activate: !storeOnly, note: note, acceptLoosening: acceptLoosening), options: $1)
        }
        try BundleArguments.show(answer.problems, answer.results)
        print("published \(PolicyText.short(answer.digest))")
        if let activation = answer.activation { try ActivationText.show(activation) }
    }
}

struct PolicyActivateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "activate", abstract: "Put a stored bundle in force.")

    @OptionGroup var options: GovernanceOptions

    @Argument(help: "The bundle's digest, or its beginning.")
    var digest: String

    @Flag(help: "Let decisions become looser, where the tenant has drafts replayed.")
    var acceptLoosening = false

    @Option(help: "Why.")
    var note = ""

    func run() async throws {
        let answer = try await options.ask(timeout: .seconds(300)) {
            let digest = try await options.digest(digest, $0, $1)
            return try await $0.activateBundle(.init(digest: digest, note: note, acceptLoosening: acceptLoosening), options: $1)
        }
        try ActivationText.show(answer)
    }
}

struct PolicyRollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rollback", abstract: "Put a bundle in force again that was so before.")

    @OptionGroup var options: GovernanceOptions

    @Argument(help: "The bundle's digest, or its beginning; the one before where none is given.")
    var digest: String?

    @Flag(help: "Let decisions become looser, where the tenant has drafts replayed.")
    var acceptLoosening = false

    @Option(help: "Why.")
    var note = ""

    func run() async throws {
        let answer = try await options.ask(timeout: .seconds(300)) { client, call in
            let target: [UInt8]
            if let digest {
                target = try await options.digest(digest, client, call)
            } else {
                let history = try await client.listActivations(.init(), options: call).activations
                guard let last = history.first(where: { $0.state == .active && !$0.digest.isEmpty }), !last.previousDigest.isEmpty else {
                    throw PolicyFailure("nothing was in force before")
                }
                target = last.previousDigest
            }
            return try await client.activateBundle(
                .init(digest: target, note: note, acceptLoosening: acceptLoosening, rollback: true), options: call)
        }
        try ActivationText.show(answer)
    }
}

struct PolicyApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "approve", abstract: "Answer a proposal of somebody else.")

    @OptionGroup var options: GovernanceOptions

    @Argument(help: "The proposal's id.")
    var proposal: String

    @Flag(help: "Refuse it instead.")
    var reject = false

    func run() async throws {
        guard let id = DecisionID(proposal) else { throw ValidationError("a proposal's id is a UUID") }
        let answer = try await options.ask { try await $0.decideActivation(.init(proposalID: id.bytes, approve: !reject), options: $1) }
        print(PolicyText.word(answer.state))
    }
}

enum ActivationText {
    /// Exit code 1 where it is not in force for want of something.
    static func show(_ activation: PolicyGovernanceV1.ActivateBundleResponse) throws {
        print(PolicyText.word(activation.state))
        if let proposal = DecisionID(bytes: activation.proposalID) { print("somebody else approves it with: provable policy approve \(proposal)") }
        if activation.state == .held {
            print(try PolicyText.report(activation.reportJSON))
            throw ExitCode.failure
        }
    }
}
