import Testing

@testable import Cedar

@Suite("Extension types")
struct ExtensionTests {
    @Test(
        "Good values",
        arguments: [
            "ip(\"1.2.3.4\").isIpv4()", "ip(\"::\").isIpv6()", "ip(\"1:2:3:4:5:6:7::\").isIpv6()", "ip(\"127.3.2.1\").isLoopback()",
            "ip(\"::1\").isLoopback()", "!ip(\"::1/8\").isLoopback()", "!ip(\"::ffff:7f00:1\").isLoopback()", "ip(\"224.1.1.1\").isMulticast()",
            "ip(\"ff00::/8\").isMulticast()", "!ip(\"224.0.0.0/3\").isMulticast()", "ip(\"10.1.2.3\").isInRange(ip(\"10.0.0.0/8\"))",
            "!ip(\"10.0.0.0/8\").isInRange(ip(\"10.0.0.0/16\"))", "ip(\"2001:db8::1\").isInRange(ip(\"::/0\"))",
            "!ip(\"1.2.3.4\").isInRange(ip(\"::/0\"))", "ip(\"1.1.1.1/32\") == ip(\"1.1.1.1\")", "ip(\"1.1.1.1/24\") != ip(\"1.1.1.1\")",
            "decimal(\"1.5\") == decimal(\"1.5000\")", "decimal(\"-0.5\").lessThan(decimal(\"0.0\"))",
            "decimal(\"-922337203685477.5808\").lessThan(decimal(\"922337203685477.5807\"))", "decimal(\"1.0\").lessThanOrEqual(decimal(\"1.0\"))",
            "decimal(\"1.1\").greaterThan(decimal(\"1.0999\"))", "decimal(\"1.0\").greaterThanOrEqual(decimal(\"1.0\"))",
            "datetime(\"1970-01-01\").durationSince(datetime(\"1969-12-31\")) == duration(\"1d\")",
            "datetime(\"2024-02-29T23:59:59.999Z\") < datetime(\"2024-03-01\")",
            "datetime(\"2024-10-15T11:38:02+1134\") == datetime(\"2024-10-15T00:04:02Z\")",
            "datetime(\"0000-01-01\") < datetime(\"9999-12-31\")", "datetime(\"1969-12-31T12:00:00Z\").toDate() == datetime(\"1969-12-31\")",
            "datetime(\"1969-12-31T12:00:00Z\").toTime() == duration(\"12h\")",
            "datetime(\"2024-01-01\").offset(duration(\"-1ms\")) < datetime(\"2024-01-01\")",
            "duration(\"1d2h3m4s5ms\").toMilliseconds() == 93784005", "duration(\"-90s\").toMinutes() == -1", "duration(\"36h\").toDays() == 1",
            "duration(\"3600s\").toHours() == 1", "duration(\"1500ms\").toSeconds() == 1", "duration(\"-9223372036854775808ms\") < duration(\"0ms\")",
        ])
    func holds(_ condition: String) throws { #expect(try outcome(condition) == .holds) }

    @Test(
        "Bad texts",
        arguments: [
            "ip(\"1.2.3\")", "ip(\"1.2.3.256\")", "ip(\"01.2.3.4\")", "ip(\"1.2.3.4/33\")", "ip(\"1.2.3.4/08\")", "ip(\"1.2.3.4/\")",
            "ip(\"::1/129\")",
            "ip(\"::ffff:1.2.3.4\")", "ip(\"1:2:3:4:5:6:7:8::\")", "ip(\"1::2::3\")", "ip(\":::\")", "ip(\"12345::\")", "ip(\"\")", "ip(\"+1::\")",
            "decimal(\"1\")", "decimal(\"1.\")", "decimal(\".5\")", "decimal(\"+1.0\")", "decimal(\"1.00000\")", "decimal(\"922337203685477.5808\")",
            "decimal(\"\u{661}.0\")", "datetime(\"2024-02-30\")", "datetime(\"2023-02-29\")", "datetime(\"2024-01-01Z\")",
            "datetime(\"2024-01-01T24:00:00Z\")",
            "datetime(\"2024-01-01T00:00:60Z\")", "datetime(\"2024-01-01T00:00:00\")", "datetime(\"2024-01-01T00:00:00+2400\")",
            "datetime(\"2024-01-01T00:00:00.1Z\")", "datetime(\"10000-01-01\")", "duration(\"\")", "duration(\"-\")", "duration(\"1\")",
            "duration(\"1s1m\")", "duration(\"1s1s\")", "duration(\"+1s\")", "duration(\"106751991168d\")",
        ])
    func errs(_ constructor: String) throws { #expect(try CedarTests.errs("\(constructor) == 1")) }

    @Test("A bad constructor errs only where it is reached")
    func lazyConstructor() throws { #expect(try outcome("true || ip(\"x\").isIpv4()") == .holds) }

    @Test("Values beyond the range of milliseconds are errors")
    func datetimeOverflow() throws {
        #expect(try CedarTests.errs("datetime(\"9999-12-31\").offset(duration(\"9223372036854775807ms\")) == 1"))
    }

    @Test("Printed values read back", arguments: ["-0.0500", "922337203685477.5807", "-922337203685477.5808"])
    func decimalText(_ text: String) throws { #expect(try DecimalValue(parsing: text).description == text) }
}
