extension FunctionLibrary {
    /// The string extension: what reads a string. Positions are counted in code points, from 0.
    static let strings: [CELFunction] = [
        CELFunction("charAt", "string.(int) -> string") { meter, operands throws(CELEvaluationError) in
            guard let (text, rest) = try operands.scalars(&meter), rest.count == 1, case .int(let position) = rest[0] else { return nil }
            guard position >= 0, position <= text.count else { throw .outside(position, text.count) }
            return .string(position == text.count ? "" : String(text[Int(position)]))
        },
        CELFunction("indexOf", "string.(string) -> int", "string.(string, int) -> int") { meter, operands throws(CELEvaluationError) in
            guard let search = try operands.search(&meter) else { return nil }
            guard let found = try TextSearch.first(search.part, in: search.text, from: search.start ?? 0, &meter) else { return .int(-1) }
            return .int(Int64(found))
        },
        CELFunction("lastIndexOf", "string.(string) -> int", "string.(string, int) -> int") { meter, operands throws(CELEvaluationError) in
            guard let search = try operands.search(&meter) else { return nil }
            let start = search.start ?? search.text.count
            return .int(Int64(try TextSearch.last(search.part, in: search.text, from: start, &meter) ?? -1))
        },
        CELFunction("substring", "string.(int) -> string", "string.(int, int) -> string") { meter, operands throws(CELEvaluationError) in
            guard let (text, rest) = try operands.scalars(&meter), case .int(let start)? = rest.first, rest.count <= 2 else { return nil }
            var end = Int64(text.count)
            if rest.count == 2 {
                guard case .int(let given) = rest[1] else { return nil }
                end = given
            }
            guard start >= 0, start <= text.count else { throw .outside(start, text.count) }
            guard end >= 0, end <= text.count else { throw .outside(end, text.count) }
            guard start <= end else {
                throw CELEvaluationError(.invalidArgument, "a substring cannot end at \(end), before it begins at \(start)")
            }
            return .string(String(scalars: text[Int(start)..<Int(end)]))
        },
        CELFunction("lowerAscii", "string.() -> string") { meter, operands throws(CELEvaluationError) in
            try operands.mapped(&meter) { ("A"..."Z").contains($0) ? Unicode.Scalar(UInt8($0.value) + 32) : $0 }
        },
        CELFunction("upperAscii", "string.() -> string") { meter, operands throws(CELEvaluationError) in
            try operands.mapped(&meter) { ("a"..."z").contains($0) ? Unicode.Scalar(UInt8($0.value) - 32) : $0 }
        },
        CELFunction("trim", "string.() -> string") { meter, operands throws(CELEvaluationError) in
            guard let (text, rest) = try operands.scalars(&meter), rest.isEmpty else { return nil }
            let tail = text.drop { $0.properties.isWhitespace }
            let end = tail.lastIndex { !$0.properties.isWhitespace }
            return .string(end.map { String(scalars: tail[tail.startIndex...$0]) } ?? "")
        },
        CELFunction("reverse", "string.() -> string", "list(A).() -> list(A)") { meter, operands throws(CELEvaluationError) in
            if case .list(let list)? = operands.only {
                try meter.make(elements: list.count)
                return try meter.list(list.values.reversed())
            }
            guard let (text, rest) = try operands.scalars(&meter), rest.isEmpty else { return nil }
            return .string(String(scalars: text.reversed()))
        },
        CELFunction("strings.quote", "(string) -> string") { meter, operands throws(CELEvaluationError) in
            guard let (text, rest) = try operands.scalars(&meter), rest.isEmpty else { return nil }
            var quoted = String.UnicodeScalarView()
            for scalar in text {
                if let escape = quoteEscapes[scalar] {
                    quoted.append("\\")
                    quoted.append(escape)
                } else {
                    quoted.append(scalar)
                }
            }
            return .string("\"\(String(quoted))\"")
        },
    ]

    private static let quoteEscapes: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{07}": "a", "\u{08}": "b", "\u{0C}": "f", "\n": "n", "\r": "r", "\t": "t", "\u{0B}": "v", "\\": "\\", "\"": "\"",
    ]
}

extension [CELValue] {
    /// The receiver's code points, paid for, and the operands behind it.
    func scalars(_ meter: inout Meter) throws(CELEvaluationError) -> ([Unicode.Scalar], ArraySlice<CELValue>)? {
        guard case .string(let text)? = first else { return nil }
        try meter.spend(text.utf8.count / 16)
        return (Array<Unicode.Scalar>(text.unicodeScalars), Array<CELValue>(dropFirst())[...])
    }

    fileprivate func mapped(
        _ meter: inout Meter, _ transform: (Unicode.Scalar) -> Unicode.Scalar
    ) throws(CELEvaluationError) -> CELValue? {
        guard let (text, rest) = try scalars(&meter), rest.isEmpty else { return nil }
        return .string(String(scalars: text.map(transform)))
    }

    /// Text, part and the place to begin at.
    fileprivate func search(
        _ meter: inout Meter
    ) throws(CELEvaluationError) -> (text: [Unicode.Scalar], part: [Unicode.Scalar], start: Int?)? {
        guard let (text, rest) = try scalars(&meter), case .string(let part)? = rest.first else { return nil }
        try meter.spend(part.utf8.count / 16)
        guard rest.count == 2 else { return rest.count == 1 ? (text, Array<Unicode.Scalar>(part.unicodeScalars), nil) : nil }
        guard case .int(let start) = rest[1] else { return nil }
        guard start >= 0, start <= text.count else { throw .outside(start, text.count) }
        return (text, Array<Unicode.Scalar>(part.unicodeScalars), Int(start))
    }
}

extension String {
    init(scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }
}

extension CELEvaluationError {
    static func outside(_ position: Int64, _ count: Int) -> CELEvaluationError {
        CELEvaluationError(.outOfRange, "position \(position) is outside of a string of \(count)", suggestion: "guard it with size(…)")
    }
}
