/// When a server that answers badly is left out for a while, as Envoy and gRPC (gRFC A50) have it.
public struct OutlierSettings: Hashable, Sendable {
    /// Failures in a row that are enough.
    public var consecutiveFailuresMax = 5
    /// How often the rates of success are compared.
    public var interval = Duration.seconds(10)
    /// Servers that were asked often enough, below which rates are not compared.
    public var serversMin = 3
    public var callsMin = 50
    /// So many standard deviations below the mean rate of success is too far.
    public var deviationsMax = 1.9
    /// The n-th time in a row is n times as long.
    public var ejectionBase = Duration.seconds(30)
    public var ejectionMax = Duration.seconds(300)
    /// Of all servers, so that one bad reply of all of them does not leave none.
    public var ejectedPercentMax = 50

    public init() {}
}
