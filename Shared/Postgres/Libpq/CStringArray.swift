internal import Glibc

/// A NULL-terminated array of C strings, as libpq and exec take them.
struct CStringArray: ~Copyable {
    private let strings: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { self.strings = strings.map { strdup($0) } + [nil] }

    deinit { for string in strings { free(string) } }

    borrowing func withPointer<T>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> T) -> T {
        let constants = strings.map { $0.map { UnsafePointer($0) } }
        return constants.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
