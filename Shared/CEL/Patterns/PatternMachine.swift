/// Runs a program over a text, in all places at once: a code point costs at most the program's length.
struct PatternMachine {
    private struct Thread {
        var instruction: Int
        var captures: [Int]
    }

    private let program: PatternProgram
    private let text: [Unicode.Scalar]
    private let isCapturing: Bool
    /// The position at which an instruction was last reached.
    private var reached: [Int]

    init(_ program: PatternProgram, _ text: [Unicode.Scalar], capturing: Bool) {
        self.program = program
        self.text = text
        isCapturing = capturing
        reached = Array(repeating: -1, count: program.instructions.count)
    }

    /// The leftmost match at or after a position: where it and its groups begin and end, -1 for groups that took no part. Without
    /// capturing only that there is one.
    mutating func match(from start: Int, _ meter: inout Meter) throws(CELEvaluationError) -> [Int]? {
        for index in reached.indices { reached[index] = -1 }
        let none = isCapturing ? Array(repeating: -1, count: 2 * (program.groups + 1)) : []
        var threads: [Thread] = []
        var found: [Int]?
        var visits = program.instructions.count
        for position in start...text.count {
            var next: [Thread] = []
            // A later beginning is worth less than any that runs.
            if found == nil { follow(Thread(instruction: 0, captures: none), at: position, &threads, &visits) }
            if threads.isEmpty, found != nil { break }
            for thread in threads {
                if case .match = program.instructions[thread.instruction] {
                    found = thread.captures
                    if !isCapturing { return found }
                    break
                }
                guard position < text.count, takes(thread.instruction, text[position]) else { continue }
                follow(Thread(instruction: thread.instruction + 1, captures: thread.captures), at: position + 1, &next, &visits)
            }
            visits += threads.count + 1
            try meter.spend(visits / 16)
            visits %= 16
            threads = next
        }
        return found
    }

    private func takes(_ instruction: Int, _ scalar: Unicode.Scalar) -> Bool {
        switch program.instructions[instruction] {
        case .scalar(let expected): scalar == expected
        case .folded(let variants): variants.contains(scalar)
        case .set(let number): program.sets[number].contains(scalar)
        default: false
        }
    }

    /// Adds every instruction that is reached without taking a code point. With a stack of its own: programs are long.
    private mutating func follow(_ thread: Thread, at position: Int, _ threads: inout [Thread], _ visits: inout Int) {
        var stack = [thread]
        while var thread = stack.popLast() {
            guard reached[thread.instruction] != position else { continue }
            reached[thread.instruction] = position
            visits += 1
            switch program.instructions[thread.instruction] {
            case .jump(let target):
                thread.instruction = target
                stack.append(thread)
            case .split(let first, let second):
                stack.append(Thread(instruction: second, captures: thread.captures))
                thread.instruction = first
                stack.append(thread)
            case .save(let slot):
                if isCapturing { thread.captures[slot] = position }
                thread.instruction += 1
                stack.append(thread)
            case .assert(let assertion):
                guard holds(assertion, at: position) else { continue }
                thread.instruction += 1
                stack.append(thread)
            default: threads.append(thread)
            }
        }
    }

    private func holds(_ assertion: PatternProgram.Assertion, at position: Int) -> Bool {
        switch assertion {
        case .start: position == 0
        case .end: position == text.count
        case .lineStart: position == 0 || text[position - 1] == "\n"
        case .lineEnd: position == text.count || text[position] == "\n"
        case .wordBoundary: isWord(position - 1) != isWord(position)
        case .noWordBoundary: isWord(position - 1) == isWord(position)
        }
    }

    private func isWord(_ position: Int) -> Bool {
        guard text.indices.contains(position) else { return false }
        return PatternSet.words.contains(text[position])
    }
}
