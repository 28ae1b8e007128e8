internal import Glibc

/// Keeps two commands from starting or stopping the same platform at once. The kernel releases it where a command is killed.
struct DevLock {
    private let descriptor: Int32

    init(_ layout: DevLayout) throws {
        try layout.prepare()
        descriptor = open(layout.path("lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DevFailure("cannot write in \(layout.state)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw DevFailure("another `provable dev` works on \(layout.state); wait for it")
        }
    }

    func release() { close(descriptor) }
}
