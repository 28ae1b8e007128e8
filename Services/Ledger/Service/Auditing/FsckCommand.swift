internal import Foundation
internal import Identity
internal import JSON
internal import Logging
internal import Postgres
internal import Receipts
internal import ServiceKit
internal import Trust

/// `provable-ledger fsck --config FILE`: one line for each log and for each problem; exit code 1 where there was one.
package enum FsckCommand {
    private static let failure: Int32 = 1
    /// EX_CONFIG of sysexits.h.
    private static let configuration: Int32 = 78

    /// Nil where the arguments ask for something else.
    package static func run(_ arguments: [String] = CommandLine.arguments) async -> Int32? {
        guard arguments.dropFirst().first == "fsck" else { return nil }
        do {
            let options = try LaunchOptions(arguments: arguments.dropFirst(2))
            guard let path = options.configPath else { throw ConfigError(["fsck needs --config FILE"]) }
            return try await run(try ServiceConfig(service: .ledger, file: try read(path), environment: ProcessInfo.processInfo.environment))
        } catch let error as ConfigError {
            return complain("\(error)", configuration)
        } catch {
            return complain("\(error)", failure)
        }
    }

    private static func run(_ config: ServiceConfig) async throws -> Int32 {
        let pool = try PostgresPool(configuration: config.systemPostgres, logger: Logger(label: "fsck") { _ in SwiftLogNoOpLogHandler() })
        let own = try ES256PrivateKey(pem: String(contentsOfFile: config.keys.signingKey, encoding: .utf8))
        let audit = LogAudit(
            system: pool,
            serviceKeys: try EmitterKeys.load(from: try config.settings.string("emitter_keys")) + [.init(service: .ledger, key: own.publicKey)],
            kek: try config.settings.keyEncryptionKey("kek_file"))
        var isClean = true
        for tenant in try await audit.tenants() {
            let report = try await audit.check(tenant)
            report.problems.forEach { print("fsck: tenant \(tenant): \($0)") }
            print(report.summary)
            isClean = isClean && report.isClean
        }
        await pool.close()
        return isClean ? 0 : failure
    }

    private static func read(_ path: String) throws -> JSONValue {
        do {
            return try JSONValue(parsing: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        } catch {
            throw ConfigError(["\(path): \(error)"])
        }
    }

    private static func complain(_ line: String, _ code: Int32) -> Int32 {
        FileHandle.standardError.write(Data("provable-ledger: \(line)\n".utf8))
        return code
    }
}
