/// What the clocks of a zone showed and will show: a TZif file (RFC 8536).
struct ZoneRules: Sendable {
    private let transitions: [Int64]
    /// After each transition, seconds ahead of UTC.
    private let offsets: [Int]
    private let offsetBefore: Int
    /// What holds after the last transition, where it is known.
    private let rule: ZoneRule?

    /// Nil where the bytes are no TZif file of version 2 or later.
    init?(_ bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        // The first block has 32-bit times, and is there for old readers.
        guard let old = reader.header(), old.version >= UInt8(ascii: "2") else { return nil }
        reader.index += old.length(timeSize: 4)
        guard let header = reader.header(), header.types > 0, reader.index + header.length(timeSize: 8) <= bytes.count else { return nil }
        transitions = (0..<header.times).map { _ in reader.integer(8) }
        let kinds = (0..<header.times).map { _ in Int(reader.integer(1)) & 0xFF }
        let types = (0..<header.types).map { _ in
            defer { reader.index += 2 }
            return Int(reader.integer(4))
        }
        guard kinds.allSatisfy({ $0 < types.count }) else { return nil }
        offsets = kinds.map { types[$0] }
        offsetBefore = types[0]
        reader.index += header.rest(timeSize: 8)
        let footer = String(decoding: bytes[min(reader.index, bytes.count)...], as: UTF8.self)
        rule = ZoneRule(String(footer.drop { $0 == "\n" }.prefix { $0 != "\n" }))
    }

    func offset(at seconds: Int64) -> Int {
        guard let last = transitions.last, seconds < last else { return rule?.offset(at: seconds) ?? offsets.last ?? offsetBefore }
        // The first transition after the moment.
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? offsetBefore : offsets[low - 1]
    }

    private struct Header {
        var version: UInt8
        var utcIndicators, standardIndicators, leaps, times, types, characters: Int

        func length(timeSize: Int) -> Int { times * (timeSize + 1) + types * 6 + rest(timeSize: timeSize) }
        /// Behind the types.
        func rest(timeSize: Int) -> Int { characters + leaps * (timeSize + 4) + standardIndicators + utcIndicators }
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        mutating func header() -> Header? {
            guard index + 44 <= bytes.count, bytes[index..<(index + 4)].elementsEqual("TZif".utf8) else { return nil }
            let version = bytes[index + 4]
            index += 20
            let counts = (0..<6).map { _ in Int(integer(4)) }
            guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
            return Header(
                version: version, utcIndicators: counts[0], standardIndicators: counts[1], leaps: counts[2], times: counts[3], types: counts[4],
                characters: counts[5])
        }

        /// Big-endian and signed.
        mutating func integer(_ size: Int) -> Int64 {
            guard index + size <= bytes.count else { return 0 }
            defer { index += size }
            let value = bytes[index..<(index + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            let shift = UInt64(64 - 8 * size)
            return Int64(bitPattern: value << shift) >> shift
        }
    }
}

/// The rule at the end of a TZif file, in the form of POSIX's TZ: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
    private struct Change: Sendable {
        enum Day: Sendable {
            case weekday(month: Int, week: Int, day: Int)
            /// From 1, without a 29th of February.
            case julian(Int)
            /// From 0.
            case ordinal(Int)
        }
        var day: Day
        var secondsOfDay: Int

        /// Seconds since the beginning of 1970, by the clock before the change.
        func moment(in year: Int) -> Int {
            let days: Int
            switch day {
            case .weekday(let month, let week, let day):
                let first = CivilDate.daysSince1970(year: year, month: month, day: 1)
                let offset = (day - ((first + 4) % 7 + 7) % 7 + 7) % 7 + 7 * (week - 1)
                days = first + (offset < CivilDate.days(inMonth: month, of: year) ? offset : offset - 7)
            case .julian(let number):
                days = CivilDate.daysSince1970(year: year, month: 1, day: 1) + number - 1 + (CivilDate.isLeap(year) && number >= 60 ? 1 : 0)
            case .ordinal(let number): days = CivilDate.daysSince1970(year: year, month: 1, day: 1) + number
            }
            return days * 86_400 + secondsOfDay
        }
    }

    private let standard: Int
    private let summer: (offset: Int, start: Change, end: Change)?

    init?(_ text: String) {
        var rest = text[...]
        guard Self.name(&rest), let standard = Self.time(&rest) else { return nil }
        self.standard = -standard
        guard !rest.isEmpty else {
            summer = nil
            return
        }
        guard Self.name(&rest) else { return nil }
        let offset = rest.hasPrefix(",") ? self.standard + 3_600 : Self.time(&rest).map { -$0 }
        guard let offset, let start = Self.change(&rest), let end = Self.change(&rest), rest.isEmpty else { return nil }
        summer = (offset, start, end)
    }

    func offset(at seconds: Int64) -> Int {
        guard let summer else { return standard }
        let year = CivilDate(secondsSince1970: seconds + Int64(standard)).year
        let start = summer.start.moment(in: year) - standard
        let end = summer.end.moment(in: year) - summer.offset
        let isSummer = start < end ? (start..<end).contains(Int(seconds)) : !(end..<start).contains(Int(seconds))
        return isSummer ? summer.offset : standard
    }

    private static func name(_ rest: inout Substring) -> Bool {
        let before = rest.count
        if rest.hasPrefix("<") {
            guard let end = rest.firstIndex(of: ">") else { return false }
            rest = rest[rest.index(after: end)...]
        } else {
            rest = rest.drop { $0.isLetter }
        }
        return rest.count < before
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private static func time(_ rest: inout Substring) -> Int? {
        let isNegative = rest.hasPrefix("-")
        if isNegative || rest.hasPrefix("+") { rest = rest.dropFirst() }
        var seconds = 0
        for unit in [3_600, 60, 1] {
            guard let value = number(&rest) else { return unit == 3_600 ? nil : (isNegative ? -seconds : seconds) }
            seconds += value * unit
            guard rest.hasPrefix(":") else { break }
            rest = rest.dropFirst()
        }
        return isNegative ? -seconds : seconds
    }

    private static func number(_ rest: inout Substring) -> Int? {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }.prefix(4)
        rest = rest.dropFirst(digits.count)
        return Int(digits)
    }

    private static func change(_ rest: inout Substring) -> Change? {
        guard rest.hasPrefix(",") else { return nil }
        rest = rest.dropFirst()
        let day: Change.Day
        if rest.hasPrefix("M") {
            rest = rest.dropFirst()
            var numbers: [Int] = []
            for position in 0..<3 {
                if position > 0 {
                    guard rest.hasPrefix(".") else { return nil }
                    rest = rest.dropFirst()
                }
                guard let number = number(&rest) else { return nil }
                numbers.append(number)
            }
            guard (1...12).contains(numbers[0]), (1...5).contains(numbers[1]), (0...6).contains(numbers[2]) else { return nil }
            day = .weekday(month: numbers[0], week: numbers[1], day: numbers[2])
        } else if rest.hasPrefix("J") {
            rest = rest.dropFirst()
            guard let number = number(&rest) else { return nil }
            day = .julian(number)
        } else {
            guard let number = number(&rest) else { return nil }
            day = .ordinal(number)
        }
        guard rest.hasPrefix("/") else { return Change(day: day, secondsOfDay: 7_200) }
        rest = rest.dropFirst()
        return time(&rest).map { Change(day: day, secondsOfDay: $0) }
    }
}
