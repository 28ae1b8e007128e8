import Testing
import WireProbe
import WireRuntime

/// What the messages of the probe's other file hold: every kind of number in a list, in a choice and in a map.
@Suite struct WireConstructTests {
    private func comesBack<Message: WireMessage>(_ message: Message, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(try Message(decodingBytes: message.encodedBytes()) == message, sourceLocation: location)
    }

    @Test func listsOfEveryKindOfNumber() throws {
        try comesBack(
            ConstructsV1.Packed(
                int32s: [.min, -1, 0, .max], int64s: [.min, 0, .max], uint32s: [0, .max], uint64s: [0, .max], sint32s: [.min, .max],
                sint64s: [.min, .max], fixed32s: [0, .max], fixed64s: [.max], sfixed32s: [.min, .max], sfixed64s: [.min, .max],
                floats: [0, -1.5, .infinity], doubles: [.leastNonzeroMagnitude, .greatestFiniteMagnitude], bools: [true, false],
                shades: [.unspecified, .far, .low, .unrecognized(9)]))
        try comesBack(
            ConstructsV1.Unpacked(int32s: [1, -1], sint64s: [.min], fixed32s: [7], doubles: [0.5, 0], bools: [false, true], shades: [.low]))
    }

    /// Protobuf has either form taken wherever a list of numbers stands.
    @Test func packedAndUnpackedAreTheSameList() throws {
        #expect(try ConstructsV1.Packed(decodingBytes: [0x08, 1, 0x08, 2]).int32s == [1, 2])
        #expect(try ConstructsV1.Unpacked(decodingBytes: [0x0A, 2, 1, 2]).int32s == [1, 2])
        #expect(ConstructsV1.Unpacked(int32s: [1, 2]).encodedBytes() == [0x08, 1, 0x08, 2])
        #expect(ConstructsV1.Packed(int32s: [1, 2]).encodedBytes() == [0x0A, 2, 1, 2])
    }

    @Test func aChoiceOfOneIsPresentAtItsDefault() throws {
        #expect(ConstructsV1.Choices(only: .value(0)).encodedBytes() == [0x08, 0])
        try comesBack(ConstructsV1.Choices(only: .value(0), number: .sfixed64(.min), between: "x", thing: .default([])))
        try comesBack(ConstructsV1.Choices(thing: .leaf(.init(colour: .red, notes: ["", "b"]))))
        try comesBack(ConstructsV1.Choices(number: .double(0), thing: .class(false)))
    }

    @Test func mapsOfEveryKindOfKeyAreWrittenInTheirOrder() throws {
        try comesBack(
            ConstructsV1.Maps(
                byString: ["": [], "b": [1]], byInt32: [-1: 2, .max: .min], byInt64: [.min: 1], byUint32: [.max: .max], byUint64: [1: 0.5],
                bySint32: [.min: 1], bySint64: [-3: -4], byFixed32: [1: 2], byFixed64: [1: false], bySfixed32: [-1: "ä"],
                bySfixed64: [0: .unrecognized(5)], byBool: [true: .init(leaf: .init(colour: .red)), false: .init()]))
        #expect(ConstructsV1.Maps(byInt32: [2: 1, -1: 1, 1: 1]).encodedBytes().count == 2 * 6 + 15)
        let first = ConstructsV1.Maps(byUint32: [3: 1, 1: 1, 2: 1]).encodedBytes()
        #expect(first == [0x22, 4, 8, 1, 16, 1, 0x22, 4, 8, 2, 16, 1, 0x22, 4, 8, 3, 16, 1])
    }

    @Test func theLastOfAKeyThatComesTwiceCounts() throws {
        #expect(try ConstructsV1.Maps(decodingBytes: [0x22, 4, 8, 1, 16, 1, 0x22, 4, 8, 1, 16, 2]).byUint32 == [1: 2])
    }

    @Test func namesThatMeanSomethingElse() throws {
        try comesBack(
            ConstructsV1.Odd(
                word: .`self`, default: "d", func: "f", class: "c", id: "i", baseURL: "u", sha256Hex: "h", schema: "s", hash: "x", in: -1,
                struct: true, register: [1]))
        try comesBack(ConstructsV1.Odd(word: .`init`))
    }

    @Test func theErrorNamesTheWayToTheField() {
        let colour = ConstructsV1.Deep(middles: [.init(leaves: [.init(notes: ["fine"]), .init(notes: ["bad!"])])])
        var bytes = colour.encodedBytes()
        bytes[bytes.count - 1] = 0
        #expect(throws: WireError(.nul, at: "provable.constructs.v1.Deep.middles.leaves.notes")) {
            try ConstructsV1.Deep(decodingBytes: bytes)
        }
        #expect(throws: WireError(.wireType, at: "provable.constructs.v1.Maps.by_bool.key")) {
            try ConstructsV1.Maps(decodingBytes: [0x62, 2, 0x0A, 0])
        }
    }
}
