internal import Foundation
internal import Identity
internal import Logging
internal import Postgres

/// One measurement of the pool: `provable-postgres-bench SOCKET-FOLDER SCENARIO CONCURRENCY CONNECTIONS SECONDS`. Prints one JSON object.
@main
enum PostgresBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 5, let folder = arguments.first, let concurrency = Int(arguments[3]), let connections = Int(arguments[4]),
            let seconds = Double(arguments[5]), (1...256).contains(concurrency), (1...100).contains(connections), (0.1...60).contains(seconds)
        else {
            FileHandle.standardError.write(Data("usage: provable-postgres-bench FOLDER SCENARIO CONCURRENCY CONNECTIONS SECONDS\n".utf8))
            exit(2)
        }
        let pool = try PostgresPool(
            configuration: PostgresConfiguration(
                host: folder, port: 5432, database: "bench", user: "postgres", password: "", maximumConnections: connections),
            logger: Logger(label: "bench"))
        let scenario = Scenario(pool: pool, concurrency: concurrency, seconds: seconds)
        let rate: Double
        switch arguments[2] {
        case "check":
            try await scenario.check()
            rate = 0
        case "plain": rate = try await scenario.loop(scenario.plain)
        case "pipeline": rate = try await scenario.loop(scenario.pipeline)
        case "conversation": rate = try await scenario.loop(scenario.conversation)
        case "durable": rate = try await scenario.loop(scenario.durable)
        case "copy": rate = try await Rows(pool: pool).copy()
        case "insert": rate = try await Rows(pool: pool).insert()
        default: exit(2)
        }
        print("{\"rate\": \(rate)}")
        await pool.close()
    }
}
