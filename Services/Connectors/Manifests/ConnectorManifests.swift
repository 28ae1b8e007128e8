package import ConnectorsCore

/// The connectors that ship with the product. Their manifests stand beside this file as their authors wrote them and are compiled in, so
/// that what runs is what was reviewed.
package enum ConnectorManifests {
    package static let files: [(name: String, yaml: [UInt8])] = [
        ("changes.yaml", PackageResources.changes_yaml), ("finops.yaml", PackageResources.finops_yaml), ("github.yaml", PackageResources.github_yaml),
        ("jira.yaml", PackageResources.jira_yaml), ("slack.yaml", PackageResources.slack_yaml),
    ]

    package struct Unreadable: Error, CustomStringConvertible {
        package let description: String
    }

    /// All of them, read and checked.
    package static func shipped() throws -> [ConnectorManifest] {
        try files.map { file in
            do { return try read(file.yaml) } catch { throw Unreadable(description: "\(file.name): \(error)") }
        }
    }

    package static func read(_ yaml: [UInt8]) throws -> ConnectorManifest { try ConnectorManifest(try YAMLReading.json(yaml)) }
}
