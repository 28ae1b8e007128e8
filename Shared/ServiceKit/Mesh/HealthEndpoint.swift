internal import Identity
internal import RPC
internal import Wire

/// Health over the mesh, for peers that hold no open port to the health server: answered at once and however busy the service is,
/// with what the last look found.
enum HealthEndpoint {
    struct Service: RPCService {
        let methods: [RegisteredMethod]
    }

    static func service(_ readiness: Readiness, _ config: ServiceConfig) -> Service {
        let (name, build) = (config.service.rawValue, config.instance.build)
        return Service(methods: [
            .immediate(CommonV1.Methods.check) { (_: CommonV1.HealthRequest, _) throws(RPCError) in
                CommonV1.HealthResponse(ready: readiness.wasReady, service: name, build: build)
            }
        ])
    }
}
