import CEL
import Testing

@Suite struct StringExtensionTests {
    @Test(arguments: [
        ("'tacocat'.charAt(3)", #""o""#), ("'tacocat'.charAt(7)", #""""#), ("'tacocat'.charAt(8)", "error: index out of range"),
        ("'©α'.charAt(1)", #""α""#),
        ("'hello mellow'.indexOf('ello', 2)", "7"), ("'hello mellow'.indexOf('jello')", "-1"), ("'hello'.indexOf('', 2)", "2"),
        ("'hello'.indexOf('l', -1)", "error: index out of range"), ("'hello mellow'.lastIndexOf('ello')", "7"),
        ("'hello mellow'.lastIndexOf('ello', 6)", "1"),
        ("'hello'.lastIndexOf('')", "5"), ("'ta©o©αT'.lastIndexOf('©')", "4"), ("['a', 'b'].join('-')", #""a-b""#), ("[].join()", #""""#),
        ("['a', 1].join()", "error: no such overload"), ("'TacoCÆt'.lowerAscii() + 'TacoCæt'.upperAscii()", #""tacocÆtTACOCæT""#),
        ("'hello hello'.replace('he', 'we', 1)", #""wello hello""#), ("'hello'.replace('l', '', 0)", #""hello""#),
        ("'ab'.replace('', '-')", #""-a-b-""#),
        ("'ab'.replace('', '-', 1)", #""-ab""#), ("'a,b,c'.split(',')", #"["a", "b", "c"]"#), ("'a,b,c'.split(',', 2)", #"["a", "b,c"]"#),
        ("'a,b'.split(',', 0)", "[]"), ("'aé'.split('')", #"["a", "é"]"#), ("''.split(',')", #"[""]"#), ("'tacocat'.substring(0, 4)", #""taco""#),
        ("'tacocat'.substring(4)", #""cat""#), ("'tacocat'.substring(2, 1)", "error: invalid argument"),
        ("'abc'.substring(4)", "error: index out of range"),
        ("' \\u00a0\\u2003x \\n'.trim()", #""x""#), ("'gums©'.reverse()", #""©smug""#), ("strings.quote('a\"\\n\\\\')", #""\"a\\\"\\n\\\\\"""#),
    ])
    func strings(source: String, expected: String) { #expect(outcome(source) == expected) }

    @Test(arguments: [
        ("'%s|%s|%s'.format(['a', b'b', 1.0])", #""a|b|1""#), ("'%s'.format([1e21])", #""1000000000000000000000""#),
        ("'%s'.format([-2.5e-7])", #""-0.00000025""#),
        ("'%s'.format([[1, 'a', null, true, 2.5, {'b': [1u], 'a': type(1)}]])", #""[1, a, null, true, 2.5, {a: int, b: [1]}]""#),
        ("'%d %d'.format([-5, 5u])", #""-5 5""#), ("'%f %.0f %.2f'.format([1, 2.5, 3.456])", #""1.000000 2 3.46""#),
        ("'%e %.1e'.format([1234.5, 0.0])", #""1.234500e+03 0.0e+00""#),
        ("'%x %X %x %x'.format([-255, 255u, 'hi', b'\\xff'])", #""-ff FF 6869 ff""#), ("'%o %b %b'.format([8, -5, true])", #""10 -101 1""#),
        ("'100%%'.format([])", #""100%""#),
        ("'%s %s'.format([duration('1h0.5s'), timestamp(0)])", #""3600.5s 1970-01-01T00:00:00Z""#),
        ("'%f %s'.format([0.0 / 0.0, -1.0 / 0.0])", #""NaN -Infinity""#),
        ("'%d'.format(['a'])", "error: invalid argument"), ("'%x'.format([1.5])", "error: invalid argument"),
        ("'%s %s'.format([1])", "error: invalid argument"),
        ("'%y'.format([1])", "error: invalid argument"), ("'%'.format([1])", "error: invalid argument"),
        ("'%.f'.format([1.0])", "error: invalid argument"),
        ("'%.9999f'.format([1.0])", "error: invalid argument"),
    ])
    func format(source: String, expected: String) { #expect(outcome(source) == expected) }
}
