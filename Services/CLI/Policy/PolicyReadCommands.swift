internal import ArgumentParser
internal import Foundation
internal import Identity
internal import JSON
internal import Trust
internal import Wire

struct PolicyHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "history", abstract: "What came into force, when and by whom; the newest first.")

    @OptionGroup var options: GovernanceOptions

    func run() async throws {
        let history = try await options.ask { try await $0.listActivations(.init(page: .init(limit: 200)), options: $1).activations }
        var table = QueueTable(header: ["TIME", "KIND", "BUNDLE", "BEFORE", "STATE", "PROPOSED BY", "DECIDED BY", "NOTE"])
        table.rows = history.map {
            [
                PolicyText.time($0.proposedMicros), $0.kind, PolicyText.short($0.digest), PolicyText.short($0.previousDigest),
                PolicyText.word($0.state),
                $0.proposedBy, $0.decidedBy.isEmpty ? "-" : $0.decidedBy, QueueTable.line($0.note),
            ]
        }
        print(history.isEmpty ? "nothing was put in force yet" : table.text)
    }
}

struct PolicyDiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "What one bundle says otherwise than another, policy by policy.",
        discussion: "Layout and comments do not count.")

    @OptionGroup var options: GovernanceOptions

    @Argument(help: "The digest of the later bundle, or its beginning.")
    var to: String

    @Option(name: .customLong("from"), help: "The digest of the earlier; the bundle in force where none is given.")
    var from: String?

    func run() async throws {
        let answer = try await options.ask { client, call in
            let later = try await options.digest(to, client, call)
            let earlier = if let from { try await options.digest(from, client, call) } else { [UInt8]() }
            return try await client.diffBundles(.init(fromDigest: earlier, toDigest: later), options: call)
        }
        for change in answer.changes {
            print("\(change.kind) \(change.policyID)")
            for line in change.before.split(separator: "\n") { print("  - \(line)") }
            for line in change.after.split(separator: "\n") { print("  + \(line)") }
        }
        if answer.entitiesChanged { print("changed entities") }
        if answer.schemaChanged { print("changed schema") }
        if answer.changes.isEmpty, !answer.entitiesChanged, !answer.schemaChanged { print("they say the same") }
    }
}

struct PolicyReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "What a draft would have decided of what was decided.",
        discussion: "Exits with 1 where the draft is refused, and with --refuse-loosening also where a decision would be looser.")

    @OptionGroup var options: GovernanceOptions

    @Option(name: .customLong("draft"), help: "A file of Cedar policies.")
    var draft: String?

    @Option(help: "Or the digest of a stored bundle, or its beginning.")
    var digest: String?

    @Option(help: "How many days back.")
    var days = 7.0

    @Flag(help: "Weigh every decision, not only those that the difference can touch.")
    var full = false

    @Flag(help: "Fail where a decision would be looser.")
    var refuseLoosening = false

    @Flag(help: "The report as it was signed.")
    var json = false

    func run() async throws {
        guard (draft == nil) != (digest == nil) else { throw ValidationError("give --draft or --digest") }
        let since = Int64((Date().timeIntervalSince1970 - days * 86_400) * 1_000_000)
        let answer = try await options.ask(timeout: .seconds(600)) { client, call in
            var request = PolicyGovernanceV1.ReplayRequest(sinceMicros: since, full: full)
            if let draft {
                guard let text = try? String(contentsOfFile: draft, encoding: .utf8) else { throw PolicyFailure("\(draft) cannot be read") }
                request.draft = PolicyGovernanceV1.BundleContent(name: "draft", policies: text)
            }
            if let digest { request.digest = try await options.digest(digest, client, call) }
            return try await client.replay(request, options: call)
        }
        try BundleArguments.show(answer.problems, [])
        print(json ? String(decoding: answer.reportJSON, as: UTF8.self) : try PolicyText.report(answer.reportJSON))
        if !json { print("report \(Hexadecimal.encode(answer.reportDigest)), signed") }
        let loosened = try JSONValue(parsing: answer.reportJSON)["loosened"]?.intValue ?? 0
        if refuseLoosening, loosened > 0 { throw ExitCode.failure }
    }
}

struct PolicyShadowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shadow", abstract: "Let a second bundle be asked and never obeyed; see what it would have decided.")

    @OptionGroup var options: GovernanceOptions

    @Option(help: "The digest of the bundle to put in the shadow, or its beginning.")
    var set: String?

    @Flag(help: "End it.")
    var clear = false

    func run() async throws {
        let seen = try await options.ask { client, call in
            if let set { _ = try await client.setShadow(.init(digest: try await options.digest(set, client, call)), options: call) }
            if clear { _ = try await client.setShadow(.init(), options: call) }
            return try await client.getShadow(.init(limit: 20), options: call)
        }
        guard !seen.digest.isEmpty else { return print("nothing is in the shadow") }
        print("in the shadow: \(PolicyText.short(seen.digest)), \(seen.matrix.reduce(0) { $0 + $1.count }) decisions, \(seen.failed) not judged")
        var table = QueueTable(header: ["ENFORCED", "SHADOW", "COUNT"])
        table.rows = seen.matrix.map { [PolicyText.word($0.enforced), PolicyText.word($0.other), "\($0.count)"] }
        if !table.rows.isEmpty { print(table.text) }
        for one in seen.divergences {
            let place = "\(PolicyText.time(one.timeMicros)) \(one.principal) \(one.action) \(one.resource)"
            print("  \(place): \(PolicyText.word(one.enforced)) -> \(PolicyText.word(one.shadow)), \(one.reason)")
        }
    }
}

struct PolicyProposalsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposals", abstract: "What the log suggests of the policies in force, and what each would have done.")

    @OptionGroup var options: GovernanceOptions

    @Option(help: "How many days back.")
    var days = 30.0

    @Option(help: "Write the policies of the proposal with this number to standard output, ready to publish.")
    var draft: Int?

    func run() async throws {
        let since = Int64((Date().timeIntervalSince1970 - days * 86_400) * 1_000_000)
        let answer = try await options.ask(timeout: .seconds(600)) { try await $0.listProposals(.init(sinceMicros: since), options: $1) }
        let proposals = answer.proposals
        if let draft {
            guard proposals.indices.contains(draft - 1) else { throw ValidationError("there is no proposal \(draft)") }
            return print(proposals[draft - 1].draft?.policies ?? "", terminator: "")
        }
        if proposals.isEmpty { print("the log suggests nothing") }
        for (index, proposal) in proposals.enumerated() {
            let way = proposal.tightens ? "tightens" : "loosens: people decide"
            print("\(index + 1). \(proposal.kind) (\(way)): \(proposal.sentence)")
            print("   " + (try JSONValue(parsing: proposal.reportJSON)["sentence"]?.stringValue ?? ""))
        }
        for one in answer.dismissed {
            print("dismissed by \(one.dismissedBy), \(PolicyText.time(one.dismissedMicros)): \(one.sentence) (\(QueueTable.line(one.reason)))")
        }
    }
}

struct PolicyDismissCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dismiss", abstract: "Say why a proposal is none; it is not suggested again, and a receipt says so.")

    @OptionGroup var options: GovernanceOptions

    @Argument(help: "The number of the proposal, as `proposals` shows it.")
    var number: Int

    @Option(help: "Why.")
    var reason: String

    @Option(help: "How many days back, as the list was asked for.")
    var days = 30.0

    func run() async throws {
        let since = Int64((Date().timeIntervalSince1970 - days * 86_400) * 1_000_000)
        let receipt = try await options.ask(timeout: .seconds(600)) { client, call in
            let proposals = try await client.listProposals(.init(sinceMicros: since), options: call).proposals
            guard proposals.indices.contains(number - 1) else { throw ValidationError("there is no proposal \(number)") }
            return try await client.dismissProposal(
                .init(proposalID: proposals[number - 1].proposalID, reason: reason, sinceMicros: since), options: call
            ).receiptID
        }
        print("dismissed; receipt \(ReceiptID(bytes: receipt)?.description ?? "-")")
    }
}
