import CEL
import Testing

@Suite struct ExtensionTests {
    @Test(arguments: [
        ("math.greatest(1, 2u, 2.5)", "2.5"), ("math.least([3, -1, 2])", "-1"), ("math.greatest([])", "error: invalid argument"),
        ("math.greatest(dyn('a'))", "error: no such overload"), ("math.abs(-3) + math.sign(-9)", "2"),
        ("math.abs(-9223372036854775808)", "error: overflow"),
        ("[math.ceil(1.2), math.floor(-1.2), math.round(-1.5), math.trunc(-1.7)]", "[2.0, -2.0, -2.0, -1.0]"), ("math.sqrt(81)", "9.0"),
        ("math.isNaN(0.0 / 0.0) && math.isInf(-1.0 / 0.0) && math.isFinite(1.0)", "true"),
        ("math.bitAnd(12, 10) + math.bitOr(12, 10) + math.bitXor(12, 10)", "28"),
        ("math.bitNot(0u)", "18446744073709551615u"), ("math.bitShiftLeft(1, 200)", "0"), ("math.bitShiftLeft(1, -1)", "error: invalid argument"),
        ("math.bitShiftRight(-1024, 3)", "2305843009213693824"), ("base64.encode(b'hello')", #""aGVsbG8=""#),
        ("base64.decode('aGVsbG8')", #"b"hello""#),
        ("base64.decode('a!')", "error: conversion"), ("lists.range(3)", "[0, 1, 2]"), ("[1, 2, 3, 4].slice(1, 3)", "[2, 3]"),
        ("[1].slice(0, 2)", "error: index out of range"), ("[1, [2, [3]]].flatten()", "[1, 2, [3]]"), ("[1, [2, [3]]].flatten(2)", "[1, 2, 3]"),
        ("[1, 1.0, 2u, 2, 'a'].distinct()", #"[1, 2u, "a"]"#), ("[3, 1, 2].sort()", "[1, 2, 3]"), ("['b', 'a'].sort().reverse()", #"["b", "a"]"#),
        ("[1, 'a'].sort()", "error: no such overload"), ("[{'n': 2}, {'n': 1}].sortBy(x, x.n)", #"[{"n": 1}, {"n": 2}]"#),
        ("sets.contains([1, 2.0], [2u]) && sets.equivalent([1, 1], [1.0]) && !sets.intersects([], [1])", "true"),
        ("regex.replace('2024-05', '(\\\\d+)-(\\\\d+)', '\\\\2/\\\\1')", #""05/2024""#), ("regex.replace('aaa', 'a', 'b', 2)", #""bba""#),
        ("regex.extract('id=42;', 'id=(\\\\d+)').value()", #""42""#), ("regex.extractAll('a1b22', '\\\\d+')", #"["1", "22"]"#),
        ("regex.extract('x', '(a)(b)')", "error: invalid argument"), ("regex.replace('x', 'x', '\\\\1')", "error: invalid argument"),
    ])
    func functions(source: String, expected: String) { #expect(outcome(source) == expected) }

    @Test(arguments: [
        ("ip('192.168.0.1').family() + ip('::1').family()", "10"), ("ip('2001:DB8:0:0:1:0:0:1')", #"ip("2001:db8::1:0:0:1")"#),
        ("string(ip('::'))", #""::""#),
        ("ip('::1.2.3.4')", #"ip("::102:304")"#), ("ip('::ffff:1.2.3.4')", "error: conversion"),
        ("isIP('01.2.3.4') || isIP('1.2.3') || isIP('fe80::1%eth0')", "false"),
        ("isIP('1:2:3:4:5:6:7:8') && !isIP('1:2:3:4:5:6:7:8:9') && !isIP('1::2::3') && !isIP(':1')", "true"),
        ("ip.isCanonical('2001:db8::1')", "true"),
        ("ip.isCanonical('2001:DB8::1')", "false"),
        ("ip('127.0.0.1').isLoopback() && ip('::1').isLoopback() && ip('0.0.0.0').isUnspecified()", "true"),
        ("ip('8.8.8.8').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && ip('fe80::1').isLinkLocalUnicast()", "true"),
        ("ip('224.0.0.1').isLinkLocalMulticast() && !ip('224.0.1.1').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast()", "true"),
        ("cidr('192.168.1.7/23').masked()", #"cidr("192.168.0.0/23")"#), ("cidr('10.0.0.0/8').containsIP('10.255.0.1')", "true"),
        ("cidr('10.0.0.0/8').containsIP(ip('::1'))", "false"),
        ("cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.1.0.0/16').containsCIDR(cidr('10.0.0.0/8'))", "true"),
        ("cidr('::1/0').prefixLength()", "0"),
        ("cidr('1.2.3.4/33')", "error: conversion"), ("isCIDR('1.2.3.0/024')", "false"), ("cidr('1.2.3.4/24').ip() == ip('1.2.3.4')", "true"),
        ("type(ip('::')) == net.IP && type(cidr('::/0')) == net.CIDR", "true"), ("ip('::1') < ip('::2')", "error: no such overload"),
    ])
    func networks(source: String, expected: String) { #expect(outcome(source) == expected) }

    @Test(arguments: [
        ("optional.of(1).or(optional.of(1 / 0)).value()", "1"), ("optional.none().orValue(1 / 0)", "error: division by zero"),
        ("{'a': {'b': 1}}.?a.?b", "optional.of(1)"),
        ("{'a': {'b': 1}}.?a.c.hasValue()", "false"), ("{'a': 1}.?a.?b", "error: no such overload"), ("[1][?3].orValue(0)", "0"),
        ("{1: 2}[?1.0].value()", "2"),
        ("[?optional.none(), ?optional.of(1)]", "[1]"), ("{?'a': optional.none(), 'b': 1}", #"{"b": 1}"#), ("[?1]", "error: no such overload"),
        ("optional.of(2).optMap(x, x * 2)", "optional.of(4)"), ("optional.none().optMap(x, 1 / 0)", "optional.none()"),
        ("optional.of([1]).optFlatMap(x, x[?5])", "optional.none()"), ("optional.ofNonZeroValue('')", "optional.none()"),
        ("optional.none().value()", "error: no such key"),
        ("optional.of(1) == optional.of(1.0) && optional.none() != optional.of(1)", "true"), ("type(optional.none()) == optional_type", "true"),
        ("[optional.of(1), optional.none()].unwrapOpt()", "[1]"), ("[1, 2].first().value() + [1, 2].last().value()", "3"), ("has({}.?a.b)", "false"),
        ("cel.bind(x, 1 / 0, true)", "true"), ("cel.bind(x, 2, cel.bind(y, x * x, y + x))", "6"),
        ("cel.bind(x, cel.bind(x, 'a', x + x), x + ':' + x)", #""aa:aa""#),
        ("[1, 2].map(i, cel.bind(x, i * 2, [3].map(j, x + j)))", "[[5], [7]]"), ("cel.block([1, cel.index(0) + 1], cel.index(1) * 10)", "20"),
        ("[1, 2].exists(cel.iterVar(0, 0), cel.iterVar(0, 0) == 2)", "true"), ("[5, 6].all(i, v, i + 5 == v)", "true"),
        ("{'a': 1}.exists(k, v, k == 'a' && v == 1)", "true"),
        ("[1, 2, 2].existsOne(i, v, v == 1)", "true"), ("[4, 5].transformList(i, v, i > 0, v)", "[5]"),
        ("{'a': 1, 'b': 2}.transformMap(k, v, v > 1, v * 10)", #"{"b": 20}"#),
        ("['x'].transformMapEntry(i, v, {v: i})", #"{"x": 0}"#), ("[1, 2].transformMapEntry(i, v, {'k': v})", "error: invalid argument"),
    ])
    func macrosAndOptionals(source: String, expected: String) { #expect(outcome(source) == expected) }
}
