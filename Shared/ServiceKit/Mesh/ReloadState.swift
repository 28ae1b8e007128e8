/// Decides when the files of an identity are read again, and which of several failures is news.
struct ReloadState {
    private var current: FileStamps
    private var failure: String?

    init(loaded: FileStamps) { current = loaded }

    /// What failed is tried again at each look: a key may be there before its certificate, and a disk full for a while.
    func mustLoad(_ stamps: FileStamps) -> Bool { stamps != current || failure != nil }

    mutating func loaded(_ stamps: FileStamps) {
        current = stamps
        failure = nil
    }

    /// Whether this was not told yet.
    mutating func failed(_ description: String) -> Bool {
        defer { failure = description }
        return failure != description
    }
}
