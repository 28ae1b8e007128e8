internal import CLinux
internal import Dispatch
internal import Glibc
internal import Synchronization

/// A shell script that serves a test run and ends with it, also where the run is killed: the script waits for its standard
/// input to close, which the kernel does for it.
public final class GuardedProcess: Sendable {
    public struct LaunchError: Error, CustomStringConvertible {
        public let description: String
    }

    public let processID: Int32
    private let input: Int32
    private let isStopped = Mutex(false)

    /// Starts `sh -c script name arguments…` and returns when the script has printed the line `ready`. A script that prints
    /// anything else, or ends, has failed. It holds nothing of the test run open: what it says on its error output until then is part of
    /// what it printed, and what it says later nobody hears.
    public init(script: String, arguments: [String]) async throws {
        let (readEnd, writeEnd) = try Self.pipe()
        let (outputRead, outputWrite) = try Self.pipe()
        defer { close(outputRead) }
        processID = try Self.spawn(["/bin/sh", "-c", script, "sh"] + arguments, input: readEnd, output: outputWrite)
        input = writeEnd
        close(readEnd)
        close(outputWrite)
        let output = await Self.readUntilReady(outputRead)
        guard output.hasSuffix("ready\n") else {
            stop()
            throw LaunchError(description: output)
        }
    }

    deinit { stop() }

    /// Lets the script clean up, and waits for it.
    public func stop() {
        let isFirst = isStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        close(input)
        var status: Int32 = 0
        waitpid(processID, &status, 0)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        // Closed in every child from the first moment: a sibling that inherited the write end would keep the script alive.
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw LaunchError(description: "no pipe") }
        return (ends[0], ends[1])
    }

    private static func spawn(_ arguments: [String], input: Int32, output: Int32) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        // The threads of the pool block signals, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var strings: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for string in strings { free(string) } }
        var processID: pid_t = 0
        let status = posix_spawn(&processID, arguments[0], &actions, &attributes, &strings, environ)
        guard status == 0 else { throw LaunchError(description: "cannot start \(arguments[0]): error \(status)") }
        return processID
    }

    private static func readUntilReady(_ descriptor: Int32) async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 4096)
                while true {
                    let count = read(descriptor, &chunk, chunk.count)
                    guard count > 0 else { break }
                    bytes += chunk.prefix(count)
                    if bytes.suffix(6) == Array("ready\n".utf8)[...] { break }
                }
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
