internal import Glibc
internal import Synchronization

/// Runs every task of the process on the main thread, in the order in which they became ready: which of the pool's threads takes a
/// job, and what handing it over costs, differs from run to run.
///
/// The concurrency runtime has a hook for whoever wants to enqueue jobs elsewhere (`swift_task_enqueueGlobal_hook`).
enum MainThreadJobs {
    private typealias Enqueue = @convention(thin) (UnownedJob) -> Void
    private typealias Hook = @convention(thin) (UnownedJob, Enqueue) -> Void

    private static let ready = Mutex<[UnownedJob]>([])
    private static let executor = Executor()

    struct HookMissing: Error {}

    /// Before the first task is made.
    static func takeOver() throws {
        guard let symbol = dlsym(nil, "swift_task_enqueueGlobal_hook") else { throw HookMissing() }
        symbol.assumingMemoryBound(to: Hook?.self).pointee = { job, _ in MainThreadJobs.ready.withLock { $0.append(job) } }
    }

    /// False where nothing was ready.
    static func runAll() -> Bool {
        let jobs = ready.withLock { ready in
            defer { ready.removeAll(keepingCapacity: true) }
            return ready
        }
        for job in jobs { job.runSynchronously(on: executor.asUnownedTaskExecutor()) }
        return !jobs.isEmpty
    }

    private final class Executor: TaskExecutor {
        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            MainThreadJobs.ready.withLock { $0.append(job) }
        }
    }
}
