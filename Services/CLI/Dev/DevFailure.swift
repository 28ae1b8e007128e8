/// What a person must know to go on, in one line.
struct DevFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
