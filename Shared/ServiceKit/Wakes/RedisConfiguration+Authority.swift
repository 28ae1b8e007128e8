public import Redis

extension RedisConfiguration {
    /// TLS 1.3, with the server's certificate checked against the authority in a PEM file.
    public mutating func secure(authority path: String) { RedisTLS.apply(authority: path, to: &self) }
}
