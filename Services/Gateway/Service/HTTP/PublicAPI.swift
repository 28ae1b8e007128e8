internal import GatewayCore
internal import HTTPTypes
internal import JSON

/// Every operation that the gateway serves, with the document that describes them.
enum PublicAPI {
    static func endpoints(
        services: Backends, sessions: any SessionStore, directory: any DirectoryStore, environment: String, publicURL: String, events: EventStream,
        hooks: WebhookDoor
    ) -> [Endpoint] {
        let place = PublicPlace(configured: publicURL, isDevelopment: environment == "development")
        let described =
            SessionRoutes(sessions: sessions, directory: directory, environment: environment).endpoints
            + WorkRoutes(services: services).endpoints + RunControlRoutes(services: services).endpoints
            + FlowRoutes(services: services).endpoints + ProofRoutes(services: services).endpoints
            + GovernanceRoutes(services: services).endpoints + PolicyRoutes(services: services).endpoints
            + PolicyChangeRoutes(services: services).endpoints + CostRoutes(services: services).endpoints
            + AccessRoutes(services: services, directory: directory, place: place).endpoints
            + AccessRequestRoutes(services: services, directory: directory, place: place).endpoints + [events.endpoint, hooks.endpoint]
        // The document tells of itself too.
        let document = OpenAPIDocument.make(described + [itself([])])
        return described + [itself(document.encoded())]
    }

    private static func itself(_ document: [UInt8]) -> Endpoint {
        Endpoint("getOpenAPI", .get, "/openapi.json", "This document", .open, answer: .map(.any)) { _ in
            .bytes(document, contentType: "application/json")
        }
    }
}
