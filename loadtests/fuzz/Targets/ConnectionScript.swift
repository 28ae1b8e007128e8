/// A peer that says what it likes, and the local end doing its part in any order, beside a book of what was said.
enum ConnectionScript {
    /// The first byte says which end of the connection this is.
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        var script = ByteScript(bytes)
        if script.byte() % 2 == 0 {
            try ServerScript.run(&script)
        } else {
            try ClientScript.run(&script)
        }
    }

    static var seeds: [[UInt8]] { ServerScript.seeds.map { [0] + $0 } + ClientScript.seeds.map { [1] + $0 } }
}
