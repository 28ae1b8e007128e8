internal import FlowEngineCore
internal import JSON

/// Finds the line of every value in JSON that has been parsed already.
struct JSONLineScanner {
    private struct Frame {
        var pointer: String
        var isObject: Bool
        var index = 0
        var key: String?
    }

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lines: SourceLines = [:]
    private var frames: [Frame] = []

    static func lines(of bytes: [UInt8]) -> SourceLines {
        var scanner = JSONLineScanner(bytes: bytes)
        scanner.scan()
        return scanner.lines
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func scan() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                line += 1
                index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: ":"): index += 1
            case UInt8(ascii: ","):
                if var frame = frames.popLast() {
                    frame.index += 1
                    frame.key = nil
                    frames.append(frame)
                }
                index += 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                let pointer = note()
                frames.append(Frame(pointer: pointer, isObject: bytes[index] == UInt8(ascii: "{")))
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                frames.removeLast()
                index += 1
            case UInt8(ascii: "\""):
                let text = string()
                if let last = frames.indices.last, frames[last].isObject, frames[last].key == nil { frames[last].key = text } else { _ = note() }
            default:
                _ = note()
                while index < bytes.count, !" \t\r\n,]}".utf8.contains(bytes[index]) { index += 1 }
            }
        }
    }

    /// The pointer of the value that begins here.
    private mutating func note() -> String {
        let pointer = frames.last.map { "\($0.pointer)/\($0.isObject ? ($0.key ?? "").pointerToken : String($0.index))" } ?? ""
        lines[pointer] = line
        return pointer
    }

    private mutating func string() -> String {
        let start = index
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1 }
        index += 1
        return (try? JSONValue(parsing: bytes[start..<min(index, bytes.count)]))?.stringValue ?? ""
    }
}
