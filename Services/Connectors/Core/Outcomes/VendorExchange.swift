package import JSON

/// What came of sending a request, as far as can be told from this side.
package enum VendorExchange: Sendable, Hashable {
    case response(VendorResponse)
    /// No byte of the request left: refused connection, failed handshake, unknown name.
    case notSent(reason: String)
    /// We would not send it.
    case refused(EgressRefusal)
    /// It went out and no whole answer came.
    case noAnswer(reason: String, isTimeout: Bool)
}

package struct VendorResponse: Sendable, Hashable {
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// An answer, read.
package enum Reading: Sendable, Hashable {
    case success(JSONValue)
    case failed(CallFailure)
    /// The vendor may have acted before it failed.
    case ambiguous(CallFailure)
}
