public import JSON

/// One step of a schema as a person asks about it: known to this build, run in the database, or both.
public struct MigrationStep: Sendable, Hashable {
    public enum State: String, Sendable {
        case applied
        case pending
        /// It was run with another text than this build has.
        case differs
        /// A newer build has run it.
        case unknown
    }

    public var component: String
    public var number: Int
    public var name: String
    public var checksum: String
    public var state: State

    /// All that is known or was run, in order. Pure.
    static func all(of component: String, known: [Migration], applied: [MigrationPlan.Applied]) -> [MigrationStep] {
        let done = Dictionary(applied.map { ($0.number, $0) }) { first, _ in first }
        let ours = known.map { migration -> MigrationStep in
            let state: State = done[migration.number].map { $0.checksum == migration.checksum ? .applied : .differs } ?? .pending
            return MigrationStep(component: component, number: migration.number, name: migration.name, checksum: migration.checksum, state: state)
        }
        let later = applied.filter { $0.number > known.count }.sorted { $0.number < $1.number }.map {
            MigrationStep(component: component, number: $0.number, name: $0.name, checksum: $0.checksum, state: .unknown)
        }
        return ours + later
    }

    static func json(_ steps: [MigrationStep]) -> JSONValue {
        .array(
            steps.map {
                [
                    "component": .string($0.component), "number": .int(Int64($0.number)), "name": .string($0.name),
                    "checksum": .string($0.checksum), "state": .string($0.state.rawValue),
                ]
            })
    }
}
