internal import FoundationEssentials
internal import Glibc
internal import Identity

/// What must hold before anything is started, each failure in a line that says what to do.
struct DevPreflight {
    static let freeBytesMin: UInt64 = 1 << 30

    let layout: DevLayout
    let table: ProcessTable

    func check() throws {
        try checkTools()
        try checkDisk()
        try checkPorts()
    }

    private func checkTools() throws {
        _ = try DevPostgres.binaries()
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        for (tool, package) in [("redis-server", "redis-server"), ("python3", "python3"), ("runuser", "util-linux")] {
            guard path.contains(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }) else {
                throw DevFailure("\(tool) is missing: install the package \(package)")
            }
        }
    }

    private func checkDisk() throws {
        var info = statvfs()
        guard statvfs(layout.state, &info) == 0 else { return }
        let free = UInt64(info.f_bavail) * UInt64(info.f_frsize)
        guard free >= Self.freeBytesMin else {
            throw DevFailure("the disk of \(layout.state) has \(free >> 20) MiB left; at least \(Self.freeBytesMin >> 20) MiB are needed")
        }
    }

    private func checkPorts() throws {
        let ports = layout.ports
        var wanted: [(name: String, port: Int)] = [
            (DevPostgres.name, ports.postgres), (DevRedis.name, ports.redis), (DevServices.stubs, ports.stubs), ("gateway", ports.http),
        ]
        for service in DevPorts.services {
            wanted += [(service.rawValue, ports.rpc(service)), (service.rawValue, ports.health(service))]
        }
        for (name, number) in wanted where table.running(name) == nil {
            let port = LoopbackPort(number: number)
            guard !port.isTaken else {
                throw DevFailure(
                    "port \(number), which \(name) needs, is taken by \(port.holder ?? "another process"); end it, or move all ports with PROVABLE_PORT_OFFSET=1000"
                )
            }
        }
    }
}
