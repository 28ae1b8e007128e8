internal import FoundationEssentials
internal import Glibc

/// The command line.
struct StubOptions {
    var host = "127.0.0.1"
    var port = 7301

    init(_ arguments: some Sequence<String>) {
        var iterator = arguments.makeIterator()
        while let name = iterator.next() {
            switch (name, iterator.next()) {
            case ("--host", let value?): host = value
            case ("--port", let value?):
                guard let number = Int(value), (0...65_535).contains(number) else { Self.stop("--port takes 0 to 65535") }
                port = number
            default: Self.stop("usage: provable-stubs [--host 127.0.0.1] [--port 7301]")
            }
        }
    }

    private static func stop(_ message: String) -> Never {
        _ = Array("provable-stubs: \(message)\n".utf8).withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(64)
    }
}
