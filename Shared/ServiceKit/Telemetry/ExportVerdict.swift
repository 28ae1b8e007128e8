/// What becomes of a batch after one attempt to export it. Pure.
enum ExportVerdict: Equatable {
    case done
    case retry(after: Duration)
    /// The collector will never take it, or too often did not.
    case drop(reason: String)

    static let attemptsMax = 5
    static let firstPause = Duration.seconds(1)
    static let longestPause = Duration.seconds(30)
    /// OTLP's list of what may pass.
    private static let retryable: Set<Int> = [429, 502, 503, 504]

    /// - Parameters:
    ///   - status: Nil where there was no answer.
    ///   - attempts: Those made, this one too.
    ///   - jitter: In 0..<1.
    init(status: Int?, retryAfter: Duration? = nil, attempts: Int, jitter: Double) {
        if let status, (200..<300).contains(status) {
            self = .done
        } else if let status, !Self.retryable.contains(status) {
            self = .drop(reason: "refused")
        } else if attempts >= Self.attemptsMax {
            self = .drop(reason: "unreachable")
        } else {
            let ceiling = min(Self.longestPause, Self.firstPause * (1 << min(attempts - 1, 10)))
            self = .retry(after: max(retryAfter ?? .zero, ceiling / 2 + ceiling / 2 * jitter))
        }
    }
}

/// What a collector said.
struct ExportAnswer: Sendable {
    var status: Int
    var retryAfter: Duration?
}

/// A way to a collector.
protocol SpanTransport: Sendable {
    func post(_ body: [UInt8]) async throws -> ExportAnswer
}
