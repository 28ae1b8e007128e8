import WireRuntime

/// Values for the fields of a message: the first few messages have one kind of value throughout, the others mix them; one more manner,
/// `counted`, gives every field the next small value, and owes nothing to how anybody draws random numbers.
struct Sampler: RandomNumberGenerator {
    private enum Manner: Int { case defaults, largest, smallest, unicode, long, mixed, counted }

    private var state: UInt64
    private let manner: Manner
    /// Lists grow shorter the deeper they stand, so that a message of messages of messages stays small.
    private var depth = 0

    init(seed: UInt64, round: Int) {
        state = seed &+ UInt64(round) &* 0xD1B5_4A32_D192_ED03
        manner = Manner(rawValue: round).flatMap { $0 == .counted ? nil : $0 } ?? .mixed
    }

    /// Every field set, every list of two, no two values alike: what a codec writes for it shows every number and type of a field.
    static func counting() -> Sampler { Sampler() }

    private init() {
        state = 0
        manner = .counted
    }

    private mutating func count() -> Int {
        state += 1
        return Int(state)
    }

    /// SplitMix64: the same seed gives the same values.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func index(_ bound: Int) -> Int {
        switch manner {
        case .defaults: bound - 1
        // Of a choice whose last place is none, every other place in turn.
        case .counted: count() % max(1, bound - 1)
        default: Int.random(in: 0..<bound, using: &self)
        }
    }

    private mutating func integer<I: FixedWidthInteger>() -> I {
        switch manner {
        case .defaults: 0
        case .largest: .max
        case .smallest: .min
        // Beyond one byte of a varint, and within the narrowest type.
        case .counted: I(200 + count())
        default:
            switch index(6) {
            case 0: 0
            case 1: 1
            case 2: .max
            case 3: .min
            case 4: I(truncatingIfNeeded: next() % 300)
            default: I(truncatingIfNeeded: next())
            }
        }
    }

    mutating func int32() -> Int32 { integer() }
    mutating func int64() -> Int64 { integer() }
    mutating func uint32() -> UInt32 { integer() }
    mutating func uint64() -> UInt64 { integer() }
    mutating func bool() -> Bool { manner == .defaults ? false : [.largest, .counted].contains(manner) ? true : next() % 2 == 0 }

    /// Without NaN, which equals nothing, and -0, which protobuf-c takes for the default.
    mutating func double() -> Double {
        if manner == .counted { return Double(count()) + 0.5 }
        let choices = [0, 1, -1.5, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 0.1]
        return manner == .defaults ? 0 : choices[index(choices.count)]
    }

    mutating func float() -> Float {
        if manner == .counted { return Float(count()) + 0.5 }
        let choices: [Float] = [0, 1, -1.5, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, 0.1]
        return manner == .defaults ? 0 : choices[index(choices.count)]
    }

    /// Values of a newer schema too.
    mutating func choice<Choice: WireEnum>(_: Choice.Type) -> Choice {
        switch manner {
        case .defaults: Choice()
        case .largest: Choice(rawValue: .max)
        case .smallest: Choice(rawValue: .min)
        case .counted: Choice(rawValue: Int32(1 + count() % 3))
        default: Choice(rawValue: index(3) == 0 ? Int32(truncatingIfNeeded: next()) : Int32(index(6)))
        }
    }

    mutating func string() -> String {
        if manner == .counted { return "\(count())ä" }
        let alphabet: [Character] = ["a", "Z", "0", " ", "\n", "\"", "\\", "\u{7F}", "ä", "ß", "日", "本", "\u{FFFF}", "😀", "\u{10FFFF}", "e\u{301}"]
        let count =
            switch manner {
            case .defaults, .smallest, .counted: 0
            case .largest: 15
            case .long: 3000
            case .unicode: 20
            // Around the length up to which Swift keeps a string in place.
            case .mixed: [0, 1, 7, 8, 15, 16, 17, 40, 200][index(9)]
            }
        let plain = manner == .largest || manner == .mixed && index(2) == 0
        return String((0..<count).map { _ in alphabet[index(plain ? 6 : alphabet.count)] })
    }

    mutating func bytes() -> [UInt8] {
        if manner == .counted { return [0, UInt8(truncatingIfNeeded: count())] }
        let count =
            switch manner {
            case .defaults, .smallest: 0
            case .long: 5000
            default: [0, 1, 14, 15, 16, 32, 300][index(7)]
            }
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    mutating func maybe<T>(_ make: (inout Sampler) -> T) -> T? {
        manner == .defaults || ![.largest, .counted].contains(manner) && index(4) == 0 ? nil : make(&self)
    }

    mutating func list<T>(_ make: (inout Sampler) -> T) -> [T] {
        guard manner != .defaults else { return [] }
        depth += 1
        defer { depth -= 1 }
        let length = manner == .counted ? 2 : index(depth == 1 ? 5 : 3)
        return (0..<length).map { _ in make(&self) }
    }

    mutating func map<Key, Value>(_ make: (inout Sampler) -> (Key, Value)) -> [Key: Value] {
        Dictionary(list(make), uniquingKeysWith: { first, _ in first })
    }
}
