internal import CLinux
internal import Glibc
internal import Synchronization

/// One thread that waits for sockets and runs an actor's work, so that no blocking or polling touches the cooperative pool.
///
/// Work and timers run in turn on the thread: whoever runs there owns the sockets.
final class SocketLoop: SerialExecutor, @unchecked Sendable {
    // SAFETY: `queue` is guarded by its mutex. The two descriptors never change. `timer` and `isRunning` are touched only on the
    // loop's thread. `thread` is written before any work can be submitted from elsewhere.
    struct Interest: OptionSet, Sendable {
        let rawValue: UInt32
        static let reading = Interest(rawValue: 0x001)
        static let writing = Interest(rawValue: 0x004)
    }

    enum LoopError: Error { case noDescriptors(errno: Int32), noThread(errno: Int32) }

    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct Queue {
        var work: [Work] = []
        /// The thread waits in the kernel, or is about to: only then has it to be woken.
        var isAsleep = false
    }

    private static let wakeToken = UInt64.max
    private static let eventsPerWait = 64

    private let epoll: Int32
    private let wake: Int32
    private let queue = Mutex(Queue())
    private let onReady: @Sendable (UInt64) -> Void
    private let onTimer: @Sendable () -> Void
    private var timer: ContinuousClock.Instant?
    private var isRunning = true
    private var thread = pthread_t()

    /// `onReady` gets the token of a socket that can be read or written, or has failed; `onTimer` runs when the timer is due. Both
    /// run on the loop's thread.
    init(name: String, onReady: @escaping @Sendable (UInt64) -> Void, onTimer: @escaping @Sendable () -> Void) throws(LoopError) {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        self.onReady = onReady
        self.onTimer = onTimer
        guard epoll >= 0, wake >= 0 else { throw .noDescriptors(errno: errno) }
        watch(descriptor: wake, token: Self.wakeToken, for: .reading)
        thread = try startThread(name: name)
    }

    deinit {
        close(epoll)
        close(wake)
    }

    // MARK: From any thread

    func enqueue(_ job: consuming ExecutorJob) { append(.job(UnownedJob(job))) }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

    func checkIsolated() { precondition(pthread_equal(pthread_self(), thread) != 0, "not on the loop's thread") }

    func submit(_ work: @escaping @Sendable () -> Void) { append(.closure(work)) }

    /// The thread ends after the work that is queued already.
    func stop() { submit { self.isRunning = false } }

    private func append(_ work: Work) {
        let wasAsleep = queue.withLock { queue in
            queue.work.append(work)
            defer { queue.isAsleep = false }
            return queue.isAsleep
        }
        if wasAsleep { eventfd_write(wake, 1) }
    }

    // MARK: On the loop's thread

    /// Starts or changes what is waited for. A socket that was closed has left the set by itself.
    func watch(descriptor: Int32, token: UInt64, for interest: Interest) {
        var event = epoll_event(events: interest.rawValue, data: epoll_data_t(u64: token))
        if epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) != 0 { epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) }
    }

    func unwatch(descriptor: Int32) {
        var event = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
    }

    func setTimer(_ instant: ContinuousClock.Instant?) { timer = instant }

    /// For a deadline that may be the earliest. A timer that fires too early only costs a look.
    func advanceTimer(to instant: ContinuousClock.Instant) {
        if let timer, timer <= instant { return }
        timer = instant
    }

    private func startThread(name: String) throws(LoopError) -> pthread_t {
        var handle = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let status = pthread_create(
            &handle, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<SocketLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        guard status == 0 else {
            Unmanaged<SocketLoop>.fromOpaque(context).release()
            throw .noThread(errno: status)
        }
        // The kernel takes at most 15 characters.
        pthread_setname_np(handle, String(name.prefix(15)))
        pthread_detach(handle)
        return handle
    }

    private func run() {
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsPerWait)
        while isRunning {
            let count = epoll_wait(epoll, &events, Int32(Self.eventsPerWait), millisecondsToWait())
            for index in 0..<Int(max(0, count)) {
                let token = events[index].data.u64
                if token == Self.wakeToken { drainWake() } else { onReady(token) }
            }
            runQueued()
            if let timer, timer <= .now {
                self.timer = nil
                onTimer()
            }
        }
    }

    private func drainWake() {
        var value: eventfd_t = 0
        eventfd_read(wake, &value)
    }

    private func runQueued() {
        let work = queue.withLock { queue in
            defer { queue.work = [] }
            return queue.work
        }
        for item in work {
            switch item {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .closure(let closure): closure()
            }
        }
    }

    private func millisecondsToWait() -> Int32 {
        let isAsleep = queue.withLock { queue in
            queue.isAsleep = queue.work.isEmpty
            return queue.isAsleep
        }
        return isAsleep ? millisecondsToTimer() : 0
    }

    private func millisecondsToTimer() -> Int32 {
        guard let timer else { return -1 }
        let remaining = ContinuousClock.now.duration(to: timer)
        guard remaining > .zero else { return 0 }
        // Rounded up, or the last millisecond would be spent spinning.
        return Int32(min(60_000, remaining.milliseconds + 1))
    }
}
