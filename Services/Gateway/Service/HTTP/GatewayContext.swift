internal import Hummingbird
internal import NIOCore

/// What Hummingbird tells about the connection of a request.
struct GatewayContext: Hummingbird.RequestContext {
    var coreContext: CoreRequestContextStorage
    let address: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        address = source.channel.remoteAddress?.ipAddress ?? ""
    }
}
