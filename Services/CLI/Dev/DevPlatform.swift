internal import FoundationEssentials
internal import Identity
internal import JSON

/// The parts of the platform in the order in which they need each other.
struct DevPlatform {
    struct StatusLine {
        let text: String
        let isWell: Bool
    }

    let layout: DevLayout

    private var table: ProcessTable { ProcessTable(layout: layout) }

    func start(seeding: Bool) async throws {
        try DevPreflight(layout: layout, table: table).check()
        let secrets = try DevSecrets(layout)
        try await makeKeys()
        try DevConfiguration(layout: layout, secrets: secrets).writeAll()
        let services = DevServices(layout: layout, secrets: secrets, table: table)
        try services.checkBuilt()
        if try await DevPostgres(layout: layout, secrets: secrets, table: table).start() { DevSeed(layout: layout).forget() }
        print("postgres      127.0.0.1:\(layout.ports.postgres)")
        try await DevRedis(layout: layout, secrets: secrets, table: table).start()
        print("redis         127.0.0.1:\(layout.ports.redis)")
        try await services.migrate()
        let started = try services.start()
        try await services.waitUntilReady()
        print("services      " + (started.isEmpty ? "all were running" : "started \(started.joined(separator: ", "))"))
        if seeding { try await DevSeed(layout: layout).run() }
        greet()
    }

    func stop() async throws {
        let secrets = try DevSecrets(layout)
        var stopped = try await DevServices(layout: layout, secrets: secrets, table: table).stop()
        if try await DevRedis(layout: layout, secrets: secrets, table: table).stop() { stopped.append(DevRedis.name) }
        if try await DevPostgres(layout: layout, secrets: secrets, table: table).stop() { stopped.append(DevPostgres.name) }
        print(stopped.isEmpty ? "nothing was running" : "stopped \(stopped.joined(separator: ", "))")
    }

    func status() async -> [StatusLine] {
        var lines: [StatusLine] = []
        for name in [DevPostgres.name, DevRedis.name, DevServices.stubs] {
            lines.append(line(name, health: nil))
        }
        for service in DevPorts.services { lines.append(line(service.rawValue, health: layout.healthPort(service))) }
        return lines
    }

    private func line(_ name: String, health: LoopbackPort?) -> StatusLine {
        let padded = name + String(repeating: " ", count: max(0, 14 - name.count))
        guard let record = table.running(name) else { return StatusLine(text: "\(padded)not running", isWell: false) }
        guard let health else { return StatusLine(text: "\(padded)running, pid \(record.id)", isWell: true) }
        let answer = health.get("/readyz")
        let isReady = answer?.status == 200
        return StatusLine(text: "\(padded)\(isReady ? "ready" : Self.complaint(answer)), pid \(record.id)", isWell: isReady)
    }

    /// What of a service is not ready, as it says itself.
    static func complaint(_ answer: (status: Int, body: String)?) -> String {
        guard let answer else { return "no answer" }
        let failing = (try? JSONValue(parsing: answer.body))?["failing"]?.arrayValue?.compactMap(\.stringValue) ?? []
        return "not ready: " + (failing.isEmpty ? "it answers \(answer.status)" : failing.joined(separator: ", "))
    }

    private func makeKeys() async throws {
        // Of the development machine only, where nobody rotates them every day.
        let outcome = try await ChildProcess.run([
            layout.executable("provable"), "pki", "init", "--dir", layout.path("pki"), "--also", "redis", "--validity", "30d",
        ])
        guard outcome.status == 0 else { throw DevFailure("cannot make certificates and keys: \(outcome.lastLine)") }
    }

    private func greet() {
        print(
            """

            Provable runs at \(layout.gatewayURL)
              sign in as   omar@acme.example (on call), dana@acme.example (administrator), chris@acme.example (change approver)
                           nora@northwind.example (the agency, also for contoso and fabrikam); no password in development
              vendor stubs \(layout.stubsURL)
              logs         \(layout.path("logs"))
              stop with    make down
            """)
    }
}
