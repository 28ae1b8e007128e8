/// What of a list of migrations is still to be run, given what a database says was run. Pure.
struct MigrationPlan: Equatable {
    struct Applied: Equatable {
        var number: Int
        var name: String
        var checksum: String
    }

    var pending: [Migration]

    /// - Parameter component: Whose migrations these are, for messages.
    init(component: String, known: [Migration], applied: [Applied]) throws(MigrationError) {
        precondition(
            known.map(\.number) == Array(1...max(1, known.count)).prefix(known.count).map { $0 }, "migrations are numbered from 1 without gaps")
        for step in applied {
            guard step.number <= known.count else {
                throw MigrationError(
                    "the database has \(component) migration \(step.number) (\(step.name)), which this build does not know: run a newer build")
            }
            let migration = known[step.number - 1]
            guard migration.checksum == step.checksum else {
                throw MigrationError("\(component) migration \(step.number) (\(migration.name)) differs from the one that was run")
            }
        }
        let done = Set(applied.map(\.number))
        pending = known.filter { !done.contains($0.number) }
        if let first = pending.first, let last = done.max(), first.number < last {
            throw MigrationError("the database lacks \(component) migration \(first.number) (\(first.name)) but has later ones")
        }
    }
}

public struct MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
