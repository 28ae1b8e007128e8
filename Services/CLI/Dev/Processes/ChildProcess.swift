internal import CLinux
internal import Dispatch
internal import Glibc

/// Runs programs: some to their end, with their output; some for as long as the platform runs.
enum ChildProcess {
    struct Outcome {
        let status: Int32
        /// Standard output and error as they came.
        let output: String

        var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "no output" }
    }

    /// Waits on a thread of its own, because the cooperative pool must not be held up.
    static func run(_ arguments: [String], adding environment: [String: String] = [:]) async throws -> Outcome {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try runAndWait(arguments, environment) })
            }
        }
    }

    /// Starts a program that outlives this command and the shell it was typed in: a session of its own, no terminal, output to a log.
    static func detach(_ arguments: [String], adding environment: [String: String] = [:], log: String) throws -> Int32 {
        let output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw DevFailure("cannot write \(log): \(String(cString: strerror(errno)))") }
        defer { close(output) }
        return try spawn(arguments, environment, output: output, flags: Int16(POSIX_SPAWN_SETSID))
    }

    private static func runAndWait(_ arguments: [String], _ environment: [String: String]) throws -> Outcome {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw DevFailure("no pipe: \(String(cString: strerror(errno)))") }
        defer { close(ends[0]) }
        let process: Int32
        do {
            defer { close(ends[1]) }
            process = try spawn(arguments, environment, output: ends[1], flags: 0)
        }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(ends[0], &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        // A signal's number in the low bits, an exit code above them.
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
        return Outcome(status: code, output: String(decoding: bytes, as: UTF8.self))
    }

    private static func spawn(_ arguments: [String], _ added: [String: String], output: Int32, flags: Int16) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        // Of the database's own user too, who may not enter the folder this command was typed in.
        posix_spawn_file_actions_addchdir_np(&actions, "/")
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads of the pool block signals, and a child would inherit that: nothing could stop it but SIGKILL.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, flags | Int16(POSIX_SPAWN_SETSIGMASK))
        let environment = currentEnvironment().filter { line in !added.keys.contains { line.hasPrefix("\($0)=") } } + added.map { "\($0)=\($1)" }
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { for string in argv + envp { free(string) } }
        var process: pid_t = 0
        let status = posix_spawnp(&process, arguments[0], &actions, &attributes, &argv, &envp)
        guard status == 0 else { throw DevFailure("cannot start \(arguments[0]): \(String(cString: strerror(status)))") }
        return process
    }

    private static func currentEnvironment() -> [String] {
        var lines: [String] = []
        var entry = environ
        while let line = entry.pointee {
            lines.append(String(cString: line))
            entry += 1
        }
        return lines
    }
}
