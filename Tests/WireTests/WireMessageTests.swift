import Identity
import NIOCore
import RPC
import Testing
import Wire
import WireProbe
import WireRuntime

@Suite struct WireMessageTests {
    static let full = ProbeV1.Everything(
        inner: .init(name: "ä", data: [0, 255]), inners: [.init(name: "one"), .init(), .init(data: [1])],
        labels: ["b": "2", "a": "1", "ü": "3"], choice: .text("picked"), kind: .oddOne,
        kinds: [.unspecified, .oddOne, .negative, .unrecognized(77)], names: ["", "x", "日本"],
        counts: [0, 1, 300, .max], ratio: -1.5, blobs: [[], [0], [1, 2]], ok: true, zig: -3, wide: .max, narrow: 0.25, default: .min,
        signedValue: .min, small: .max, zag: .min, word: 7, signedWord: -7, signedWide: -8, flags: [true, false], ratios: [0, .infinity])

    @Test func everyConstructComesBack() throws {
        let bytes = Self.full.encodedBytes()
        #expect(try ProbeV1.Everything(decodingBytes: bytes) == Self.full)
        var buffer = ByteBuffer()
        Self.full.encode(into: &buffer)
        #expect(Array(buffer.readableBytesView) == bytes)
        #expect(try ProbeV1.Everything(decoding: buffer) == Self.full)
    }

    @Test(arguments: [
        ProbeV1.Everything.Choice.text(""), .text("x"), .number(0), .number(-9), .nested(.init()), .nested(.init(name: "n")),
        .raw([]), .raw([0, 1]), .mood(.negative), .mood(.unspecified), .mood(.unrecognized(-5)), .flag(false), .flag(true),
    ])
    func aChoiceIsPresentEvenAtItsDefault(_ choice: ProbeV1.Everything.Choice) throws {
        let message = ProbeV1.Everything(choice: choice)
        let decoded = try ProbeV1.Everything(decodingBytes: message.encodedBytes())
        #expect(decoded.choice == choice)
    }

    @Test func anEmptyMessageHasNoBytes() throws {
        #expect(ProbeV1.Everything().encodedBytes() == [])
        #expect(try ProbeV1.Everything(decodingBytes: []) == ProbeV1.Everything())
        #expect(try CommonV1.HealthRequest(decodingBytes: []) == CommonV1.HealthRequest())
    }

    @Test func goldenBytes() {
        let request = LedgerV1.AppendRequest(receiptID: [1, 2], envelope: Array("{}".utf8), disclosures: [[9], []])
        #expect(request.encodedBytes() == [0x0A, 2, 1, 2, 0x12, 2, 0x7B, 0x7D, 0x1A, 1, 9, 0x1A, 0])
        let money = CommonV1.Money(micros: -1, currency: "EUR")
        #expect(
            money.encodedBytes() == [0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0x12, 3, 0x45, 0x55, 0x52])
        // Maps are written in the order of their keys' bytes.
        let connection = ConnectorsV1.PutConnectionRequest(connector: "", baseURL: "", secrets: ["b": "y", "a": "x"])
        #expect(
            connection.encodedBytes() == [
                0x1A, 6, 0x0A, 1, 0x61, 0x12, 1, 0x78, 0x1A, 6, 0x0A, 1, 0x62, 0x12, 1, 0x79,
            ])
        #expect(FlowV1.Task(state: "open").encodedBytes() == [0x1A, 4, 0x6F, 0x70, 0x65, 0x6E])
    }

    /// What Python's protobuf 3.21 writes for the same message (`SerializeToString(deterministic=True)`).
    @Test func anotherImplementationWritesTheSameBytes() {
        let python =
            "0a080a02c3a4120200ff12050a036f6e65120012031201011a060a01611201311a060a01621201321a070a02c3bc12013322067069636b65"
            + "6440014a0d0001feffffffffffffffff014d52005201785206e697a5e69cac5a0e0001ac02ffffffffffffffffff0161000000000000f8"
            + "bf6a006a01006a020102700178058101ffffffffffffffff8d010000803e900180808080f8ffffffff01980180808080808080808001a0"
            + "01ffffffff0fa801ffffffffffffffffff01b50107000000bd01f9ffffffc101f8ffffffffffffffca01020100d2011000000000000000" + "00000000000000f07f"
        #expect(Self.full.encodedBytes().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined() == python)
    }

    @Test func unknownFieldsAndValuesOfANewerSchemaAreTaken() throws {
        let newer: [UInt8] = [0x0A, 1, 7, 0xF2, 0x07, 2, 1, 2, 0xF8, 0x07, 5, 0xFD, 0x07, 1, 2, 3, 4]
        #expect(try LedgerV1.AppendRequest(decodingBytes: newer) == LedgerV1.AppendRequest(receiptID: [7]))
        let decision = try PolicyV1.Decision(decodingBytes: [0x10, 99])
        #expect(decision.verdict == .unrecognized(99))
        #expect(decision.encodedBytes() == [0x10, 99])
    }

    @Test func theLastOfARepeatedSingularFieldCounts() throws {
        #expect(try CommonV1.Money(decodingBytes: [0x08, 1, 0x08, 2]).micros == 2)
    }

    @Test func aLargeMessageComesBack() throws {
        let receipt = LedgerV1.ReceiptRecord(kind: String(repeating: "k", count: 10_000), envelope: [UInt8](repeating: 7, count: 1 << 20))
        let list = LedgerV1.ListReceiptsResponse(receipts: [receipt, receipt, .init()], nextCursor: [1])
        #expect(try LedgerV1.ListReceiptsResponse(decodingBytes: list.encodedBytes()) == list)
    }

    @Test func methodsCarryThePolicyOfTheirComments() {
        let echo = ProbeV1.Methods.echo
        #expect(echo.name == "provable.probe.v1.Probe/Echo")
        #expect(echo.callers == [.gateway, .ledger] && echo.trusted == [.ledger])
        #expect(echo.tenancy == .required && echo.isIdempotent)
        #expect(ProbeV1.Methods.linger.tenancy == .unbound && !ProbeV1.Methods.linger.isIdempotent)
        #expect(FlowV1.Methods.startRun.owner == .flowEngine)
        #expect(WireCatalog.method(named: "provable.ledger.v1.Ledger/Append") == LedgerV1.Methods.append)
        #expect(WireCatalog.method(named: "provable.ledger.v1.Ledger/Nope") == nil)
    }
}
