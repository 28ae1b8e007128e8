"""Random expressions as Cedar text, typed where that makes evaluation go deep and wrongly typed now and then."""

import words

TYPES = ["bool", "long", "string", "entity", "set", "record", "ip", "decimal", "datetime", "duration"]
PLAIN_NAMES = ["age", "n", "name", "on", "friend", "ip", "score", "at", "ttl", "longs", "names", "rec"]


def quoted(random, text, pattern=False):
    """A string literal for `text`, each scalar written in one of the ways there are; a pattern's star is escaped."""
    out = []
    for scalar in text:
        code = ord(scalar)
        choice = random.random()
        if pattern and scalar == "*":
            out.append("\\*")
        elif scalar == '"':
            out.append('\\"')
        elif scalar == "\\":
            out.append("\\\\")
        elif choice < 0.05:
            out.append("\\u{%s}" % random.choice(["%x", "%X", "%06x"]) % code)
        elif choice < 0.07 and code < 0x80:
            out.append("\\x%02x" % code)
        elif scalar in "\n\r\t\0'" and choice < 0.95:
            out.append({"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", "'": "\\'"}[scalar])
        else:
            out.append(scalar)
    return '"' + "".join(out) + '"'


class Expressions:
    """Makes expressions for one case: `uids` are the entities that it knows, as (type, id)."""

    def __init__(self, random, uids):
        self.random = random
        self.uids = uids

    def text(self):
        return self.random.choice(words.HOSTILE if self.random.random() < 0.4 else words.PLAIN)

    def string(self):
        return quoted(self.random, self.text())

    def uid(self):
        kind, name = self.random.choice(self.uids)
        return "%s::%s" % (kind, quoted(self.random, name))

    def make(self, kind, depth):
        if self.random.random() < 0.02:
            kind = self.random.choice(TYPES)
        if depth <= 0:
            return self.leaf(kind)
        if self.random.random() < 0.0005:
            return self.nested(kind, depth)
        return getattr(self, kind)(depth - 1)

    def any(self, depth):
        return self.make(self.random.choice(TYPES), depth)

    def leaf(self, kind):
        random = self.random
        if random.random() < 0.35:
            return self.access(kind)
        if kind == "bool":
            return random.choice(["true", "false"])
        if kind == "long":
            value = random.choice(words.LONGS)
            return str(value) if value != -(2**63) or random.random() < 0.9 else "-(9223372036854775808)"
        if kind == "string":
            return self.string()
        if kind == "entity":
            return random.choice(["principal", "resource", "action"]) if random.random() < 0.6 else self.uid()
        if kind == "set":
            return "[%s]" % ", ".join(str(random.choice(words.LONGS[:8])) for _ in range(random.randrange(4)))
        if kind == "record":
            return "context" if random.random() < 0.5 else "{}"
        pool = words.EXTENSIONS[kind]
        return "%s(%s)" % (kind, quoted(random, random.choice(pool[: words.GOOD[kind]] if random.random() < 0.8 else pool)))

    def access(self, kind):
        """An attribute that should have the type."""
        random = self.random
        names = [name for name, has in words.ATTRIBUTES.items() if has == kind]
        base = random.choice(["principal", "resource", "context", "context", "principal.friend", "context.rec", "action"])
        if not names:
            return "context"
        name = random.choice(names)
        if name in PLAIN_NAMES and random.random() < 0.7:
            return "%s.%s" % (base, name)
        return "%s[%s]" % (base, quoted(random, name))

    def nested(self, kind, depth):
        """Deeper than people write."""
        count = self.random.choice([20, 60, 250])
        opened, closed = self.random.choice([("(", ")"), ("(if true then ", " else %s)" % self.leaf(kind)), ("{n: ", "}.n")])
        return opened * count + self.make(kind, depth - 1) + closed * count

    # One method for each type, named after it: what can have that type.

    def bool(self, depth):
        random, make = self.random, self.make
        form = random.randrange(28)
        if form < 3:
            return "(%s %s %s)" % (make("bool", depth), random.choice(["&&", "||"]), make("bool", depth))
        if form == 3:
            return "%s(%s)" % ("!" * random.randint(1, 4), make("bool", depth))
        if form == 4:
            return "(if %s then %s else %s)" % (make("bool", depth), make("bool", depth), make("bool", depth))
        if form < 8:
            kind = random.choice(["long", "long", "datetime", "duration", "string"])
            return "(%s %s %s)" % (make(kind, depth), random.choice(["<", "<=", ">", ">="]), make(kind, depth))
        if form < 11:
            kind = random.choice(TYPES)
            return "(%s %s %s)" % (make(kind, depth), random.choice(["==", "!="]), make(kind if random.random() < 0.9 else random.choice(TYPES), depth))
        if form == 11:
            return "(%s in %s)" % (make("entity", depth), make("entity", depth))
        if form == 12:
            return "(%s in [%s])" % (make("entity", depth), ", ".join(make("entity", depth - 1) for _ in range(random.randrange(4))))
        if form == 13:
            return "(%s is %s)" % (make("entity", depth), random.choice(words.ENTITY_TYPES))
        if form == 14:
            return "(%s is %s in %s)" % (make("entity", depth), random.choice(words.ENTITY_TYPES), make("entity", depth))
        if form < 17:
            return "(%s has %s)" % (make(random.choice(["entity", "record"]), depth), self.path())
        if form < 19:
            return "(%s like %s)" % (make("string", depth), self.pattern())
        if form == 19:
            return "%s.contains(%s)" % (make("set", depth), make(random.choice(["long", "long", "set", "string"]), depth))
        if form == 20:
            return "%s.%s(%s)" % (make("set", depth), random.choice(["containsAll", "containsAny"]), make("set", depth))
        if form == 21:
            return "%s.isEmpty()" % make("set", depth)
        if form == 22:
            return "%s.hasTag(%s)" % (make("entity", depth), self.tag(depth))
        if form == 23:
            return "%s.%s()" % (make("ip", depth), random.choice(["isIpv4", "isIpv6", "isLoopback", "isMulticast"]))
        if form == 24:
            return "%s.isInRange(%s)" % (make("ip", depth), make("ip", depth))
        if form == 25:
            name = random.choice(["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"])
            return "%s.%s(%s)" % (make("decimal", depth), name, make("decimal", depth))
        return self.leaf("bool")

    def tag(self, depth):
        return quoted(self.random, self.random.choice(words.TAGS)) if self.random.random() < 0.8 else self.make("string", depth)

    def path(self):
        random = self.random
        if random.random() < 0.3:
            return quoted(random, random.choice(list(words.ATTRIBUTES)))
        return ".".join(random.choice(PLAIN_NAMES) for _ in range(random.choice([1, 1, 2, 3])))

    def pattern(self):
        parts = []
        for _ in range(self.random.randrange(5)):
            text = self.text()
            parts.append(self.random.choice(["*", "**", quoted(self.random, text[:6], pattern=True)[1:-1]]))
        return '"' + "".join(parts) + '"'

    def long(self, depth):
        random, make = self.random, self.make
        form = random.randrange(9)
        if form < 4:
            return "(%s %s %s)" % (make("long", depth), random.choice(["+", "-", "*"]), make("long", depth))
        if form == 4:
            return "%s(%s)" % ("-" * random.randint(1, 4), make("long", depth))
        if form == 5:
            return "(if %s then %s else %s)" % (make("bool", depth), make("long", depth), make("long", depth))
        if form == 6:
            return "%s.%s()" % (make("duration", depth), random.choice(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"]))
        if form == 7:
            return "%s.getTag(%s)" % (make("entity", depth), self.tag(depth))
        return self.leaf("long")

    def string(self, depth=0):
        if depth and self.random.random() < 0.3:
            return "(if %s then %s else %s)" % (self.make("bool", depth), self.make("string", depth), self.make("string", depth))
        return quoted(self.random, self.text()) if self.random.random() < 0.6 else self.access("string")

    def entity(self, depth):
        if self.random.random() < 0.2:
            return "(if %s then %s else %s)" % (self.make("bool", depth), self.make("entity", depth), self.make("entity", depth))
        return self.leaf("entity")

    def set(self, depth):
        if self.random.random() < 0.3:
            return self.leaf("set")
        kind = self.random.choice(["long", "long", "string", "entity", "set", "record", "decimal", "ip"])
        return "[%s]" % ", ".join(self.make(kind, depth) for _ in range(self.random.randrange(5)))

    def record(self, depth):
        random = self.random
        if random.random() < 0.4:
            return self.leaf("record")
        names = random.sample(list(words.ATTRIBUTES), random.randrange(4))
        members = []
        for name in names:
            key = name if name in PLAIN_NAMES and random.random() < 0.7 else quoted(random, name)
            members.append("%s: %s" % (key, self.make(words.ATTRIBUTES[name], depth)))
        return "{%s}" % ", ".join(members)

    def ip(self, depth):
        return self.leaf("ip")

    def decimal(self, depth):
        return self.leaf("decimal")

    def datetime(self, depth):
        random = self.random
        if random.random() < 0.3:
            return "%s.offset(%s)" % (self.make("datetime", depth), self.make("duration", depth))
        if random.random() < 0.2:
            return "%s.toDate()" % self.make("datetime", depth)
        return self.leaf("datetime")

    def duration(self, depth):
        random = self.random
        if random.random() < 0.2:
            return "%s.durationSince(%s)" % (self.make("datetime", depth), self.make("datetime", depth))
        if random.random() < 0.2:
            return "%s.toTime()" % self.make("datetime", depth)
        return self.leaf("duration")
