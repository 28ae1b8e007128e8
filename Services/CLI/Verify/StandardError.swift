internal import FoundationEssentials

/// Writes a line for the person at the terminal, apart from the output that a script reads.
func complain(_ line: String) {
    // Nothing is left to be done where even this cannot be written.
    try? Data("provable: \(line)\n".utf8).write(to: URL(fileURLWithPath: "/dev/stderr"))
}
