/// One server of a service, as long as it is known; never used again.
struct EndpointID: Hashable, Sendable {
    let number: Int
}
