internal import CLinux
internal import Glibc
internal import Synchronization

/// A thread for C calls that block, as an executor: what runs here may wait without holding up anything else.
final class BlockingThread: SerialExecutor, @unchecked Sendable {
    // SAFETY: all mutable state is guarded by `mutex`; the condition is only used with it. Both are freed when the thread, which
    // holds a reference to the state, and the last owner are gone.
    private final class State: @unchecked Sendable {
        // SAFETY: see above.
        let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
        var queue: [@Sendable () -> Void] = []
        var isStopped = false

        init() {
            pthread_mutex_init(mutex, nil)
            pthread_cond_init(condition, nil)
        }

        deinit {
            pthread_cond_destroy(condition)
            pthread_mutex_destroy(mutex)
            condition.deallocate()
            mutex.deallocate()
        }

        func withLock<T>(_ body: (State) -> T) -> T {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return body(self)
        }

        func run() {
            while let work = next() { work() }
        }

        private func next() -> (@Sendable () -> Void)? {
            withLock { state in
                while state.queue.isEmpty, !state.isStopped { pthread_cond_wait(state.condition, state.mutex) }
                return state.queue.isEmpty ? nil : state.queue.removeFirst()
            }
        }
    }

    private let state = State()
    private let name: String
    /// Started with the first work, because most of these threads are never needed.
    private let isStarted = Mutex(false)

    init(name: String) { self.name = name }

    deinit {
        state.withLock { state in
            state.isStopped = true
            pthread_cond_signal(state.condition)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        submit { job.runSynchronously(on: executor) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    func submit(_ work: @escaping @Sendable () -> Void) {
        startIfNeeded()
        state.withLock { state in
            state.queue.append(work)
            pthread_cond_signal(state.condition)
        }
    }

    private func startIfNeeded() {
        isStarted.withLock { isStarted in
            guard !isStarted else { return }
            var handle = pthread_t()
            let context = Unmanaged.passRetained(state).toOpaque()
            let status = pthread_create(
                &handle, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<State>.fromOpaque(context).takeRetainedValue().run()
                    return nil
                }, context)
            precondition(status == 0, "no thread could be started")
            pthread_setname_np(handle, String(name.prefix(15)))
            pthread_detach(handle)
            isStarted = true
        }
    }
}
