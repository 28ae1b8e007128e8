public import Identity
package import NIOCore

extension RPCClient {
    /// Where a server listens: a numeric address, or a name that stands for as many servers as it has addresses.
    public struct Address: Hashable, Sendable, CustomStringConvertible {
        public var host: String
        public var port: Int

        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }

        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    public struct Configuration: Sendable {
        public var addresses: [Address]
        /// Who must answer there.
        public var service: ServiceName
        /// Who calls; for the hello and logs.
        public var caller: ServiceName
        public var build: String
        public var security: TransportSecurity
        /// Nil where nothing is tried again, except what certainly never ran.
        public var retries: RetryPolicy? = RetryPolicy()
        public var outliers = OutlierSettings()
        /// Told of each call once, when it has ended.
        public var observer: (any CallObserver)?
        /// A connection that is older is replaced; give or take a tenth.
        public var connectionAgeMax = Duration.seconds(30 * 60)
        /// How often names are looked up again; sooner after a connection failed, but not within `resolvePauseMin`.
        public var resolveInterval = Duration.seconds(30)
        public var resolvePauseMin = Duration.seconds(1)
        /// Servers used at once, of those that a name stands for.
        public var endpointsMax = 32
        /// Calls that wait for a connection, beyond which they fail at once.
        public var waitingCallsMax = 4096
        package var names: any NameLookup = SystemNameLookup()
        /// What stands between each connection's socket and everything else; for transports that tests break.
        package var prepareChannel: (@Sendable (any Channel) throws -> Void)?
        /// Makes a connection where there is no network: calls what it is given, on the client's event loop, with a channel of that loop.
        package var connect: (@Sendable (_ configure: (any Channel) throws -> Void) throws -> Void)?

        public init(addresses: [Address], service: ServiceName, caller: ServiceName, build: String = "dev", security: TransportSecurity) {
            self.addresses = addresses
            self.service = service
            self.caller = caller
            self.build = build
            self.security = security
        }

        public init(
            host: String, port: Int, service: ServiceName, caller: ServiceName, build: String = "dev", security: TransportSecurity
        ) {
            self.init(addresses: [Address(host: host, port: port)], service: service, caller: caller, build: build, security: security)
        }
    }
}
