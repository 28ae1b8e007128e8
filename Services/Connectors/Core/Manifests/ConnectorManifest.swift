package import JSON

/// A connector as its package describes it. What it says is all that it can do.
package struct ConnectorManifest: Sendable, Hashable {
    package static let schema = "provable.dev/connector/v1"

    package enum Authentication: Sendable, Hashable {
        case none
        /// `Authorization: Bearer <secret>`.
        case bearer(secret: String)
        /// RFC 7617, from two secrets.
        case basic(user: String, password: String)
    }

    package struct SecretField: Sendable, Hashable {
        package var name: String
        package var title: String
    }

    package struct Webhook: Sendable, Hashable {
        package var scheme: WebhookScheme
        /// Field that holds the signing secret.
        package var secret: String
    }

    package struct HTTPAccess: Sendable, Hashable {
        /// Nil where each customer has a site of its own.
        package var baseURL: VendorURL?
        package var headers: [RequestTemplate.NamedTemplate]
        package var authentication: Authentication
        package var egress: [EgressRule]
        package var failures: FailureRules?
    }

    package var name: String
    package var version: String
    package var title: String
    package var secrets: [SecretField]
    /// Nil for a connector to a service of the platform.
    package var http: HTTPAccess?
    package var webhook: Webhook?
    package var operations: [OperationManifest]

    package func operation(_ name: String) -> OperationManifest? { operations.first { $0.name == name } }
}
