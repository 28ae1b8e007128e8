/// What libpq hands out in pipeline mode, one after the other.
enum PipelineResult: Sendable {
    case finished(ResultSet)
    case failed(ServerErrorReport)
    /// An earlier statement before the same sync failed.
    case aborted
    /// libpq's NULL after each statement.
    case endOfStatement
    case sync
}

/// Statements that go out together and end with one sync. Without steps it only asks whether the server still answers.
struct PipelineRequest: Sendable, Equatable {
    enum Step: Sendable, Equatable {
        /// DEALLOCATE of a statement that the cache let go. Its result is nobody's.
        case close(name: String)
        /// Its result is nobody's.
        case prepare(name: String)
        /// BEGIN, the tenant, a savepoint: what it answers is not handed on.
        case silent
        /// Of the statement prepared under this name, if it was.
        case execute(name: String?)
        case commit
    }

    /// What a lost connection leaves behind.
    enum Effect: Sendable, Equatable {
        /// The server rolls back what was done in a transaction that stays open.
        case open
        /// COMMIT is the last step: before its answer nobody knows.
        case commits
        /// No BEGIN and no COMMIT: what stands before one sync is one transaction, which takes effect with the sync.
        case atomic
    }

    /// What of a result the caller will look at.
    enum Detail: Equatable {
        case nothing, tag
        case rows(name: String?)
    }

    let id: Int
    let steps: [Step]
    var effect = Effect.open
}
