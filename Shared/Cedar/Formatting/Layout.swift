/// A text that may be broken into lines in more than one way (Wadler, "A prettier printer").
indirect enum Layout: Sendable {
    case text(String)
    /// A space, or a line break where its group does not fit on the line.
    case line
    /// Nothing, or a line break.
    case softLine
    /// Always a line break; the groups that it is in are broken too.
    case hardLine
    /// What is broken within it is indented by so much more.
    case nest(Int, Layout)
    /// All of its lines are broken, or none.
    case group(Layout)
    case sequence([Layout])

    static let nothing = Layout.sequence([])
}

extension Layout {
    private enum Mode { case flat, broken }
    private typealias Command = (indent: Int, mode: Mode, layout: Layout)

    /// The text with lines of at most `width` columns, where that is possible.
    func rendered(width: Int) -> String {
        var output = ""
        var column = 0
        var commands: [Command] = [(0, .broken, self)]
        while let (indent, mode, layout) = commands.popLast() {
            switch layout {
            case .text(let text):
                output += text
                column += DisplayWidth.columns(text)
            case .line where mode == .flat:
                output += " "
                column += 1
            case .softLine where mode == .flat: break
            case .line, .softLine, .hardLine:
                output += "\n" + String(repeating: " ", count: indent)
                column = indent
            case .nest(let by, let inner): commands.append((indent + by, mode, inner))
            case .group(let inner):
                let flat: Command = (indent, .flat, inner)
                let isFlat = mode == .flat || Layout.fits(flat, commands, width - column)
                commands.append(isFlat ? flat : (indent, .broken, inner))
            case .sequence(let parts): commands.append(contentsOf: parts.reversed().map { (indent, mode, $0) })
            }
        }
        return output
    }

    /// Whether everything up to the next line break has room.
    private static func fits(_ first: Command, _ rest: [Command], _ room: Int) -> Bool {
        var room = room
        var commands = [first]
        var next = rest.count
        while room >= 0 {
            guard let (indent, mode, layout) = commands.popLast() else {
                guard next > 0 else { return true }
                next -= 1
                commands.append((rest[next].indent, .broken, rest[next].layout))
                continue
            }
            switch layout {
            case .text(let text): room -= DisplayWidth.columns(text)
            case .line where mode == .flat: room -= 1
            case .softLine where mode == .flat: break
            case .hardLine where mode == .flat: return false
            case .line, .softLine, .hardLine: return true
            case .nest(_, let inner), .group(let inner): commands.append((indent, mode, inner))
            case .sequence(let parts): commands.append(contentsOf: parts.reversed().map { (indent, mode, $0) })
            }
        }
        return false
    }
}
