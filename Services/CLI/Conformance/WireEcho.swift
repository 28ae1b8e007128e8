internal import ArgumentParser
internal import Trust
internal import Wire
internal import WireRuntime

/// Decodes each message that it is given and encodes it again, so that another implementation can compare.
///
/// A line in is `<message name> <hex>`; a line out is the hex of the message encoded again, or `!` and why it was refused.
struct WireEcho: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wire-echo", abstract: "Decode messages from standard input and encode them again.")

    func run() throws {
        let types = Dictionary(uniqueKeysWithValues: WireCatalog.messages.map { ($0.fullName, $0) })
        while let line = readLine() {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, let type = types[String(words[0])], let bytes = Hexadecimal.decode(String(words[1])) else {
                print("! not a message name and hex")
                continue
            }
            print(Self.echo(type, bytes))
        }
    }

    private static func echo(_ type: any WireMessage.Type, _ bytes: [UInt8]) -> String {
        do throws(WireError) {
            return Hexadecimal.encode(try type.init(decodingBytes: bytes).encodedBytes())
        } catch {
            return "! \(error)"
        }
    }
}
