internal import Identity
internal import RPC
internal import Wire

/// Health over the mesh, for peers that hold no open port to the health server.
struct HealthEndpoint: CommonV1.HealthHandler {
    let readiness: Readiness
    let service: ServiceName
    let build: String

    func check(_ request: CommonV1.HealthRequest, context: CallContext) async throws -> CommonV1.HealthResponse {
        CommonV1.HealthResponse(ready: await readiness.failing().isEmpty, service: service.rawValue, build: build)
    }
}
