internal import FoundationEssentials
internal import Glibc

/// A process that this platform started, told apart from a later one with the same id by when it started and in which boot.
struct ProcessRecord: Sendable, Hashable {
    let id: Int32
    /// Clock ticks after boot: field 22 of /proc/<id>/stat.
    let startTicks: UInt64
    let boot: String

    /// Of a running process; nil where there is none.
    init?(running id: Int32) {
        guard let ticks = Self.startTicks(of: id), let boot = Self.currentBoot else { return nil }
        self.id = id
        startTicks = ticks
        self.boot = boot
    }

    /// As it is remembered: id, ticks and boot, with the id first for whoever reads it with a script.
    init?(text: String) {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count == 3, let id = Int32(parts[0]), let ticks = UInt64(parts[1]) else { return nil }
        self.id = id
        startTicks = ticks
        boot = String(parts[2])
    }

    var text: String { "\(id) \(startTicks) \(boot)\n" }

    var isRunning: Bool { boot == Self.currentBoot && Self.startTicks(of: id) == startTicks }

    /// Only to this very process: an id may have been given to another since.
    func signal(_ number: Int32) {
        if isRunning { kill(id, number) }
    }

    private static var currentBoot: String? {
        (try? String(contentsOf: URL(filePath: "/proc/sys/kernel/random/boot_id"), encoding: .utf8)).map {
            $0.split(whereSeparator: \.isNewline).joined()
        }
    }

    /// Nil also for a process that has ended and that nobody has waited for.
    private static func startTicks(of id: Int32) -> UInt64? {
        guard id > 0, let stat = try? String(contentsOf: URL(filePath: "/proc/\(id)/stat"), encoding: .utf8) else { return nil }
        // The name, in parentheses, may hold spaces and parentheses of its own.
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        return UInt64(fields[19])
    }
}
