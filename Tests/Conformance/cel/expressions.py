"""Seeded expressions of CEL and the variables they see. What celpy is known to do otherwise, as a method of a sum, is not written."""

import random

VARIABLES = {
    "n": 7, "m": -3, "big": 9223372036854775807, "f": 2.5, "s": "hällo", "t": "a,b,c", "e": "", "yes": True, "no": False, "none": None,
    "xs": [3, 1, 2], "ss": ["a", "bc", "ä"], "o": {"a": 1, "b": {"c": "x"}, "k": [1, 2]}, "mixed": [1, "a", None, True, 2.5],
}
INTS = ["0", "1", "-1", "2", "7", "63", "9223372036854775807", "-9223372036854775808", "n", "m", "big", "o.a", "size(s)", "xs[0]"]
UINTS = ["0u", "1u", "5u", "18446744073709551615u"]
DOUBLES = ["0.0", "1.0", "-2.5", "1e10", "0.1", "f", "1.0 / 3.0", "9007199254740993.0"]
STRINGS = ["''", "'a'", "'abc'", "'ä日😀'", "s", "t", "e", "o.b.c", "ss[1]", r"'\n\t\\'", r"r'\d'", "'''tri'ple'''", r"'\u00e4\x41\101'"]
BYTES = ["b''", "b'abc'", r"b'\xff\000'", "b'ä'"]
PATTERNS = ["'a'", "'^a'", "'c$'", "'a.*c'", "'[a-c]+'", r"r'\d+'", r"r'^\w*$'", "'(b|c)'", "'l{2}'", "'^$'", "'.'"]
TIMES = ["timestamp('2009-02-13T23:31:30Z')", "timestamp('2024-02-29T12:00:00.5Z')", "timestamp('1970-01-01T00:00:00Z')", "timestamp('2031-07-04T00:00:00-08:00')"]
SPANS = ["duration('0s')", "duration('90s')", "duration('1h30m')", "duration('-1.5s')", "duration('100ms')"]
ZONES = ["", "'UTC'", "'+02:00'", "'-05:30'", "'Europe/Paris'", "'America/New_York'", "'Asia/Kolkata'"]


class Expressions:
    """One seed is one expression."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.bound = []

    def expression(self):
        kind = self.pick(["int", "uint", "double", "string", "bytes", "bool", "bool", "ints", "strings", "map", "timestamp", "duration", "type"])
        return self.of(kind, self.random.randint(1, 4))

    def pick(self, choices):
        return self.random.choice(choices)

    def of(self, kind, depth):
        return getattr(self, kind)(depth - 1)

    def int(self, d):
        leaves = INTS + [name for name, kind in self.bound if kind == "int"]
        if d < 0:
            return self.pick(leaves)
        return self.pick([
            lambda: self.pick(leaves),
            lambda: f"({self.of('int', d)} {self.pick('+-*/%')} {self.of('int', d)})",
            lambda: f"-({self.of('int', d)})",
            lambda: f"size({self.of(self.pick(['string', 'bytes', 'ints', 'strings', 'map']), d)})",
            lambda: f"int({self.of(self.pick(['uint', 'double', 'string']), d)})",
            lambda: f"int({self.pick(TIMES)})",
            lambda: f"{self.of('ints', d)}[{self.of('int', d)}]",
            lambda: f"{self.of('map', d)}['{self.pick('abx')}']",
            lambda: f"({self.of('bool', d)} ? {self.of('int', d)} : {self.of('int', d)})",
            lambda: f"{self.of('timestamp', d)}.{self.selector()}({self.pick(ZONES)})",
            lambda: f"{self.pick(SPANS)}.{self.pick(['getHours', 'getMinutes', 'getSeconds'])}()",
        ])()

    def selector(self):
        return self.pick(["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes", "getSeconds"])

    def uint(self, d):
        if d < 0:
            return self.pick(UINTS)
        return self.pick([
            lambda: self.pick(UINTS),
            lambda: f"({self.of('uint', d)} {self.pick('+-*/%')} {self.of('uint', d)})",
            lambda: f"uint({self.of(self.pick(['int', 'string']), d)})",
        ])()

    def double(self, d):
        if d < 0:
            return self.pick(DOUBLES)
        return self.pick([
            lambda: self.pick(DOUBLES),
            lambda: f"({self.of('double', d)} {self.pick('+-*')} {self.of('double', d)})",
            # By zero celpy raises, or loses the sign.
            lambda: f"({self.of('double', d)} / {self.pick(['2.0', '-0.5', '3.0', '1e300'])})",
            lambda: f"double({self.of(self.pick(['int', 'uint']), d)})",
            lambda: f"-({self.pick(DOUBLES)})",
        ])()

    def string(self, d):
        leaves = STRINGS + [name for name, kind in self.bound if kind == "string"]
        if d < 0:
            return self.pick(leaves)
        return self.pick([
            lambda: self.pick(leaves),
            lambda: f"({self.of('string', d)} + {self.of('string', d)})",
            lambda: f"string({self.of(self.pick(['int', 'uint', 'string']), d)})",
            lambda: f"{self.of('strings', d)}[{self.of('int', d)}]",
            lambda: f"({self.of('bool', d)} ? {self.of('string', d)} : {self.of('string', d)})",
        ])()

    def bytes(self, d):
        if d < 0:
            return self.pick(BYTES)
        return self.pick([
            lambda: self.pick(BYTES),
            lambda: f"({self.of('bytes', d)} + {self.of('bytes', d)})",
            lambda: f"bytes({self.of('string', d)})",
        ])()

    def bool(self, d):
        leaves = ["true", "false", "yes", "no"]
        if d < 0:
            return self.pick(leaves)
        return self.pick([
            lambda: self.pick(leaves),
            lambda: f"!{self.of('bool', d)}",
            lambda: f"({self.of('bool', d)} {self.pick(['&&', '||'])} {self.of('bool', d)})",
            lambda: f"({self.of('bool', d)} {self.pick(['&&', '||'])} {self.of('int', d)} == 1)",
            lambda: self.comparison(d),
            lambda: f"({self.of('int', d)} in {self.of('ints', d)})",
            lambda: f"({self.of('string', d)} in {self.of(self.pick(['strings', 'map']), d)})",
            lambda: f"{self.of('string', -1)}.{self.pick(['contains', 'startsWith', 'endsWith'])}({self.of('string', d)})",
            lambda: f"{self.of('string', -1)}.matches({self.pick(PATTERNS)})",
            lambda: self.macro(d, self.pick(["all", "exists", "exists_one"])),
            lambda: f"has({self.pick(['o.a', 'o.b.c', 'o.z', 'o.b.z'])})",
        ])()

    def comparison(self, d):
        kind = self.pick(["int", "uint", "double", "string", "bytes", "bool", "timestamp", "duration"])
        operators = ["==", "!=", "<", "<=", ">", ">="]
        return f"({self.of(kind, d)} {self.pick(operators)} {self.of(kind, d)})"

    def macro(self, d, name):
        kind, element = self.pick([("ints", "int"), ("strings", "string")])
        variable = self.pick("xyz")
        values = self.of(kind, d)
        self.bound.append((variable, element))
        body = self.of("bool", d)
        self.bound.pop()
        return f"{values}.{name}({variable}, {body})"

    def ints(self, d):
        if d < 0:
            return self.pick(["xs", "[]", "[1, 2]", "o.k"])
        return self.pick([
            lambda: f"[{', '.join(self.of('int', d) for _ in range(self.random.randint(0, 3)))}]",
            lambda: f"({self.of('ints', d)} + {self.of('ints', d)})",
            lambda: self.mapped("ints", "int", d),
            lambda: self.filtered("ints", "int", d),
        ])()

    def strings(self, d):
        if d < 0:
            return self.pick(["ss", "['q']"])
        return self.pick([
            lambda: f"[{', '.join(self.of('string', d) for _ in range(self.random.randint(1, 3)))}]",
            lambda: self.mapped("strings", "string", d),
            lambda: self.filtered("strings", "string", d),
        ])()

    def mapped(self, kind, element, d):
        variable = self.pick("xyz")
        values = self.of(kind, d)
        self.bound.append((variable, element))
        body = self.of(element, d)
        self.bound.pop()
        return f"{values}.map({variable}, {body})"

    def filtered(self, kind, element, d):
        variable = self.pick("xyz")
        values = self.of(kind, d)
        self.bound.append((variable, element))
        body = self.of("bool", d)
        self.bound.pop()
        return f"{values}.filter({variable}, {body})"

    def map(self, d):
        if d < 0:
            return self.pick(["{}", "{'a': 1}", "{'a': 1, 'b': 2}"])
        # Leaves only: an error in a map stays one of its values in celpy.
        keys = self.random.sample("abxy", self.random.randint(0, 3))
        return "{" + ", ".join(f"'{key}': {self.pick(INTS)}" for key in keys) + "}"

    def timestamp(self, d):
        if d < 0:
            return self.pick(TIMES)
        return self.pick([
            lambda: self.pick(TIMES),
            lambda: f"({self.of('timestamp', d)} {self.pick('+-')} {self.of('duration', d)})",
        ])()

    def duration(self, d):
        if d < 0:
            return self.pick(SPANS)
        return self.pick([
            lambda: self.pick(SPANS),
            lambda: f"({self.of('duration', d)} {self.pick('+-')} {self.of('duration', d)})",
            lambda: f"({self.of('timestamp', d)} - {self.of('timestamp', d)})",
        ])()

    def type(self, d):
        kind = self.pick(["int", "uint", "double", "string", "bytes", "bool", "ints", "map"])
        return f"(type({self.of(kind, -1)}) == {self.pick(['int', 'uint', 'double', 'string', 'bytes', 'bool', 'list', 'map'])})"
