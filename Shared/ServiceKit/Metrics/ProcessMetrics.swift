internal import Glibc

/// What the process itself uses, under the names that Prometheus's clients give it.
struct ProcessMetrics: Sendable {
    let metrics: MetricsRegistry

    func update() {
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let seconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
            metrics.setTotal("process_cpu_seconds_total", help: "User and system time.", to: seconds)
        }
        if let text = Self.read("/proc/self/statm"), let pages = text.split(separator: " ").dropFirst().first.flatMap({ Double($0) }) {
            metrics.set("process_resident_memory_bytes", help: "Resident memory.", to: pages * Double(sysconf(Int32(_SC_PAGESIZE))))
        }
        metrics.set("process_open_fds", help: "Open file descriptors.", to: Double(Self.openDescriptors()))
        if let start = Self.startTime() { metrics.set("process_start_time_seconds", help: "When the process began, since 1970.", to: start) }
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }

    private static func openDescriptors() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the descriptor of the folder itself.
        return max(0, count - 3)
    }

    /// Field 22 of stat, in ticks after boot, laid over the time of boot.
    private static func startTime() -> Double? {
        guard let stat = read("/proc/self/stat"), let end = stat.lastIndex(of: ")"), let uptime = read("/proc/uptime") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]), let up = uptime.split(separator: " ").first.flatMap({ Double($0) }) else {
            return nil
        }
        return Double(time(nil)) - up + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
