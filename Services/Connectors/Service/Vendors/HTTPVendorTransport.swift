internal import AsyncHTTPClient
internal import ConnectorsCore
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Trust

/// Sends requests over HTTP, after the egress policy has seen the request, the name and the addresses behind the name.
final class HTTPVendorTransport: VendorTransport {
    static let answerBytesMax = 4 << 20

    private let resolver = SystemResolver()
    private let clients = PinnedClients()

    func close() async { await clients.close() }

    func send(_ request: RenderedRequest, _ access: VendorAccess, timeout: Duration) async -> VendorExchange {
        let address: IPAddress
        do throws(EgressRefusal) {
            try access.egress.check(request, base: access.base)
            let addresses = await addresses(of: access.base)
            guard !addresses.isEmpty else { return .notSent(reason: "\(access.base.host) cannot be resolved") }
            try access.egress.check(addresses: addresses, of: access.base)
            address = addresses[0]
        } catch { return .refused(error) }
        let client = clients.client(for: access.base, at: address)
        do {
            let response = try await client.execute(Self.wire(request, access), timeout: .nanoseconds(Self.nanoseconds(timeout)))
            let body = try await response.body.collect(upTo: Self.answerBytesMax)
            var headers: [String: String] = [:]
            for (name, value) in response.headers { headers[name.lowercased()] = value }
            return .response(VendorResponse(status: Int(response.status.code), headers: headers, body: Array(body.readableBytesView)))
        } catch { return Self.exchange(error) }
    }

    private func addresses(of base: VendorURL) async -> [IPAddress] {
        if let literal = base.literalAddress { return [literal] }
        return (try? await resolver.addresses(of: base.host)) ?? []
    }

    private static func wire(_ request: RenderedRequest, _ access: VendorAccess) -> HTTPClientRequest {
        var wire = HTTPClientRequest(url: "\(access.base)\(request.target)")
        wire.method = .RAW(value: request.method)
        wire.headers.add(name: "User-Agent", value: "provable/1")
        for header in request.headers { wire.headers.add(name: header.name, value: header.value) }
        if let authorization = access.authorization { wire.headers.add(name: "Authorization", value: authorization.exposedText) }
        if let body = request.body {
            wire.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
            wire.body = .bytes(ByteBuffer(bytes: body))
        }
        return wire
    }

    /// Only what is certain not to have been sent is called that.
    private static func exchange(_ error: any Error) -> VendorExchange {
        // Only a connection that is being made can be refused.
        if error is NIOConnectionError || (error as? IOError)?.errnoCode == ECONNREFUSED { return .notSent(reason: "the connection was not made") }
        if error is ChannelError, case .connectTimeout = error as? ChannelError { return .notSent(reason: "the connection was not made in time") }
        guard let failure = error as? HTTPClientError else {
            let isLate = error is CancellationError
            return .noAnswer(reason: isLate ? "the call was given up" : "the connection broke", isTimeout: isLate)
        }
        switch failure {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .invalidURL, .emptyHost, .emptyScheme:
            return .notSent(reason: failure.shortDescription)
        case .deadlineExceeded, .readTimeout, .writeTimeout: return .noAnswer(reason: "it took too long", isTimeout: true)
        default: return .noAnswer(reason: failure.shortDescription, isTimeout: false)
        }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
