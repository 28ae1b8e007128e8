internal import FuzzMeter
internal import FuzzTargets
internal import Glibc

/// `provable-fuzz` names the targets, `provable-fuzz TARGET seeds DIR` and `… words FILE` write what fuzzing begins with, and
/// `provable-fuzz TARGET [libFuzzer's options] [CORPUS]` fuzzes.
@main
struct Runner {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1, let target = FuzzTarget(rawValue: arguments[1]) else {
            print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
            exit(arguments.count > 1 ? 2 : 0)
        }
        if arguments.count == 4, arguments[2] == "seeds" {
            for (index, seed) in try target.seeds().enumerated() { try write(seed, to: "\(arguments[3])/seed-\(index)") }
        } else if arguments.count == 4, arguments[2] == "words" {
            try write(Array(target.words.map { "\"\(escaped($0))\"\n" }.joined().utf8), to: arguments[3])
        } else {
            fuzz(target)
        }
    }

    private static func fuzz(_ target: FuzzTarget) -> Never {
        Chosen.target = target
        meter_install()
        // Without the target's name, so that libFuzzer sees only its own.
        var arguments = ([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)).map { strdup($0) } + [nil]
        var count = CInt(arguments.count - 1)
        let status = arguments.withUnsafeMutableBufferPointer { buffer -> CInt in
            var base = buffer.baseAddress
            return LLVMFuzzerRunDriver(&count, &base) { bytes, count in
                Chosen.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
                return 0
            }
        }
        exit(status)
    }

    private static func escaped(_ word: String) -> String {
        word.utf8.map { byte in
            (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x5C ? String(UnicodeScalar(byte)) : "\\x" + hex(byte)
        }.joined()
    }

    private static func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard let file = fopen(path, "w") else { throw Unwritable(path: path) }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw Unwritable(path: path) }
    }
}

struct Unwritable: Error { let path: String }

/// A C callback captures nothing.
///
/// SAFETY: written once before the fuzzer starts and only read after that, on one thread.
private enum Chosen {
    nonisolated(unsafe) static var target = FuzzTarget.frames

    static func run(_ bytes: [UInt8]) {
        do {
            try target.run(bytes) { body in
                meter_reset()
                body()
                return meter_peak()
            }
        } catch {
            // The process must end here, so that the fuzzer keeps the input. Straight to the descriptor: nothing is flushed after.
            let line = "broken promise of \(target.rawValue): \(error)\n"
            _ = line.withCString { Glibc.write(2, $0, strlen($0)) }
            abort()
        }
    }
}
