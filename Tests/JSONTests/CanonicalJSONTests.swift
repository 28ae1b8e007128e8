import JSON
import Testing

@Suite struct CanonicalJSONTests {
    /// The sample of RFC 8785 Appendix B, as (IEEE 754 bits, text).
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"), (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"), (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"), (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"), (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        ] as [(UInt64, String)])
    func printsNumbersAsECMAScript(bits: UInt64, text: String) throws {
        #expect(String(decoding: try JSONValue.double(Double(bitPattern: bits)).canonical(), as: UTF8.self) == text)
    }

    @Test func sortsByUTF16() throws {
        let value = try JSONValue(parsing: "{\"\u{FB33}\":1,\"\u{1F600}\":2,\"1\":3,\"\\r\":4}")
        #expect(String(decoding: try value.canonical(), as: UTF8.self) == "{\"\\r\":4,\"1\":3,\"\u{1F600}\":2,\"\u{FB33}\":1}")
    }

    @Test func refusesWhatWouldBeRounded() {
        #expect(throws: JSONError.self) { try JSONValue.array([.int(1 << 53 + 1)]).canonical() }
        #expect(throws: JSONError.self) { try JSONValue.double(.nan).canonical() }
    }
}
