import Identity
import Postgres
import TestKit
import Testing

@testable import ServiceKit

@Suite struct MigrationTests {
    static let one = Migration(number: 1, name: "one", sql: "CREATE TABLE a (x int)")
    static let two = Migration(number: 2, name: "two", sql: "CREATE TABLE b (x int)")

    static func applied(_ migration: Migration, checksum: String? = nil) -> MigrationPlan.Applied {
        .init(number: migration.number, name: migration.name, checksum: checksum ?? migration.checksum)
    }

    @Test func onlyWhatIsNewIsRun() throws {
        #expect(try MigrationPlan(component: "service", known: [Self.one, Self.two], applied: []).pending == [Self.one, Self.two])
        #expect(try MigrationPlan(component: "service", known: [Self.one, Self.two], applied: [Self.applied(Self.one)]).pending == [Self.two])
        #expect(try MigrationPlan(component: "service", known: [], applied: []).pending.isEmpty)
    }

    @Test func aNewerSchemaAChangedStepAndAGapAreRefused() {
        #expect(throws: MigrationError.self) {
            try MigrationPlan(component: "service", known: [Self.one], applied: [Self.applied(Self.one), Self.applied(Self.two)])
        }
        #expect(throws: MigrationError.self) {
            try MigrationPlan(component: "service", known: [Self.one], applied: [Self.applied(Self.one, checksum: "0")])
        }
        #expect(throws: MigrationError.self) {
            try MigrationPlan(component: "service", known: [Self.one, Self.two], applied: [Self.applied(Self.two)])
        }
    }

    @Test func aDatabaseIsMigratedOnceAndChecked() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [Self.one])
        let first = Migrator(service: .finops, migrations: [Self.one])
        let second = Migrator(service: .finops, migrations: [Self.one, Self.two])
        try await first.check(database.app)
        await #expect(throws: MigrationError.self) { try await second.check(database.app) }
        async let left = second.run(database.ownerConfiguration)
        async let right = second.run(database.ownerConfiguration)
        #expect(try await left + right == ["service 2 two"])
        try await second.check(database.app)
        await #expect(throws: MigrationError.self) { try await first.check(database.app) }
        await database.close()
    }

    @Test func whatWasRunAndWhatWasNotIsTold() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [Self.one, Self.two])
        let changed = Migration(number: 2, name: "two", sql: "CREATE TABLE other (x int)")
        let three = Migration(number: 3, name: "three", sql: "CREATE TABLE c (x int)")
        func states(_ migrations: [Migration]) async throws -> [MigrationStep.State] {
            try await Migrator(service: .finops, migrations: migrations).status(database.ownerConfiguration).filter { $0.component == "service" }
                .map(\.state)
        }
        #expect(try await states([Self.one, Self.two, three]) == [.applied, .applied, .pending])
        #expect(try await states([Self.one, changed]) == [.applied, .differs])
        #expect(try await states([Self.one]) == [.applied, .unknown])
        // Neither is ever overrun.
        await #expect(throws: MigrationError.self) {
            try await Migrator(service: .finops, migrations: [Self.one, changed]).run(database.ownerConfiguration)
        }
        await #expect(throws: MigrationError.self) { try await Migrator(service: .finops, migrations: [Self.one]).run(database.ownerConfiguration) }
        await database.close()
    }

    @Test func aStepThatFailsLeavesNothingBehind() async throws {
        let database = try await ServiceDatabase.make(.finops, migrations: [Self.one])
        let broken = Migration(number: 2, name: "broken", sql: "CREATE TABLE c (x int); SELECT nonsense;")
        await #expect(throws: MigrationError.self) {
            try await Migrator(service: .finops, migrations: [Self.one, broken]).run(database.ownerConfiguration)
        }
        let tables = try await database.superuser.withTransaction { try await $0.query("SELECT 1 FROM pg_tables WHERE tablename = 'c'") }
        #expect(tables.isEmpty)
        await database.close()
    }
}
