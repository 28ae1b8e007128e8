internal import Logging
internal import ServiceLifecycle

/// Work in the background that is started again, after a pause, where it ends or fails, and is cancelled at shutdown.
struct SupervisedLoop: Service, CustomStringConvertible {
    static let firstPause = Duration.milliseconds(100)
    static let longestPause = Duration.seconds(10)

    let name: String
    let logger: Logger
    let body: @Sendable () async throws -> Void

    var description: String { "background \(name)" }

    func run() async {
        await cancelWhenGracefulShutdown {
            var failures = 0
            while !Task.isCancelled {
                let started = ContinuousClock.now
                do {
                    try await body()
                    if Task.isCancelled { return }
                    logger.warning("background work ended", metadata: ["work": "\(name)"])
                } catch {
                    if Task.isCancelled { return }
                    logger.error("background work failed", metadata: ["work": "\(name)", "error": "\(error)"])
                }
                // One that ran for a while begins its pauses anew.
                failures = started.duration(to: .now) > Self.longestPause ? 1 : failures + 1
                try? await Task.sleep(for: min(Self.longestPause, Self.firstPause * (1 << min(failures - 1, 10))))
            }
        }
    }
}
