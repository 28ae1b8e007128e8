internal import ArgumentParser
internal import CEL
internal import FoundationEssentials
internal import JSON

/// The variables of an evaluation: the members of a JSON object.
struct InputArguments: ParsableArguments {
    @Option(name: .long, help: "A JSON file with an object: each member is a variable. - reads the standard input.")
    var input: String?

    func variables() throws -> [String: CELValue] {
        guard let input else { return [:] }
        let bytes = input == "-" ? try FileHandleBytes.standardInput() : Array(try Data(contentsOf: URL(fileURLWithPath: input)))
        guard let members = try JSONValue(parsing: bytes).objectValue else {
            throw ValidationError("\(input) must hold a JSON object, whose members are the variables")
        }
        return Dictionary(members.map { ($0.key, CELValue($0.value)) }) { _, last in last }
    }
}

enum FileHandleBytes {
    static func standardInput() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: "/dev/stdin"))) }
}
