internal import GatewayCore

/// Where callers reach us, for answers that say where to go next.
struct PublicPlace: Sendable {
    /// The setting `public_url`; empty for as the caller's own request says.
    let configured: String
    let isDevelopment: Bool

    func base(for exchange: Exchange) throws(Problem) -> String {
        guard let base = AccessMetadata.base(configured: configured, authority: exchange.authority, isDevelopment: isDevelopment) else {
            throw .invalid("Host", "is missing, or is no name and port", fix: "send the Host that you connected to")
        }
        return base
    }
}
