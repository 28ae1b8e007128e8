internal import Glibc

/// Writes a line for the person at the terminal, apart from the output that a script reads. In one call on the descriptor that is
/// open: to open it again by name would cut a log that it is sent to, and fails where it is a socket.
func complain(_ line: String) {
    let bytes = Array("provable: \(line)\n".utf8)
    _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
