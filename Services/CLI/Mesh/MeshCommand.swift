internal import ArgumentParser

/// Looks at the mesh from outside a service.
struct MeshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mesh", abstract: "Look at the mesh as one of its parties.", subcommands: [MeshProbeCommand.self])
}
