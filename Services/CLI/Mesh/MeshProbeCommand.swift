internal import ArgumentParser
internal import Foundation
internal import Identity
internal import RPC
internal import Wire

/// Asks for one tenant's run in every way in which it must not be had, with the development platform's own certificates.
struct MeshProbeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Ask over the mesh for another tenant's run; every way must be refused.",
        discussion: "Exits with 1 where something was given away, or refused for another reason than it should be.")

    @Option(help: "Folder of a running development platform.")
    var state = ".provable"

    @Option(help: "A run of another tenant.")
    var run: String

    @Option(name: .customLong("owner"), help: "The tenant whose run it is.")
    var owner = "0192f000-0000-7000-8000-000000000001"

    @Option(name: .customLong("tenant"), help: "The tenant that asks.")
    var tenant = "0192f000-0000-7000-8000-000000000002"

    func run() async throws {
        guard let runID = RunID(run) else { throw ValidationError("--run must be a UUID") }
        guard let owner = TenantID(owner), let tenant = TenantID(tenant) else { throw ValidationError("--owner and --tenant must be UUIDs") }
        let party = MeshParty(state: state)
        let getRun = { (caller: ServiceName, options: CallOptions) async throws -> String? in
            try await party.withChannel(as: caller, to: .flowEngine) { channel in
                try await FlowV1.FlowEngineClient(channel: channel).getRun(.init(runID: runID.bytes), options: options).run.map { _ in "the run" }
            }
        }
        let token = try party.token(tenant: tenant, principal: "nora@northwind.example", boundTo: .gateway)
        let probes: [MeshProbe] = [
            MeshProbe("its own tenant's token, another tenant's run", expects: [.notFound]) {
                try await getRun(.gateway, CallOptions(tenant: tenant, principal: "nora@northwind.example", delegationToken: token))
            },
            MeshProbe("its own tenant's token, the other tenant named beside it", expects: [.permissionDenied]) {
                try await getRun(.gateway, CallOptions(tenant: owner, principal: "nora@northwind.example", delegationToken: token))
            },
            MeshProbe("no token at all", expects: [.unauthenticated, .permissionDenied]) {
                try await getRun(.gateway, CallOptions(tenant: owner, principal: "nora@northwind.example"))
            },
            MeshProbe("no tenant at all", expects: [.unauthenticated, .permissionDenied]) { try await getRun(.gateway, CallOptions()) },
            MeshProbe("another service's certificate", expects: [.permissionDenied]) {
                try await getRun(.policy, CallOptions(tenant: owner, principal: "nora@northwind.example", delegationToken: token))
            },
            MeshProbe("its own token, the other tenant's receipts", expects: [.notFound]) {
                try await party.withChannel(as: .gateway, to: .ledger) { channel in
                    let options = CallOptions(tenant: tenant, principal: "nora@northwind.example", delegationToken: token)
                    return try await LedgerV1.LedgerClient(channel: channel).exportBundle(.init(runID: runID.bytes), options: options).bundle.isEmpty
                        ? nil : "the bundle"
                }
            },
        ]
        var failures = 0
        for probe in probes where try await !probe.isRefused() { failures += 1 }
        guard failures == 0 else { throw ExitCode.failure }
    }
}

/// One way to ask, and how it must be refused.
struct MeshProbe {
    let name: String
    let expected: [StatusCode]
    let ask: () async throws -> String?

    init(_ name: String, expects expected: [StatusCode], ask: @escaping () async throws -> String?) {
        self.name = name
        self.expected = expected
        self.ask = ask
    }

    /// Prints what came of it.
    func isRefused() async throws -> Bool {
        do {
            let given = try await ask()
            print("LEAK     \(name): \(given ?? "an answer") came back")
            return false
        } catch let error as RPCError {
            let isRight = expected.contains(error.code)
            print("\(isRight ? "refused " : "WRONG   ") \(name): \(error.code) \(error.reason)")
            return isRight
        }
    }
}
