"""Expressions under a schema that mostly have the type that is asked for."""

import words
from expressions import quoted

BUILTINS = ["Long", "String", "Bool", "ipaddr", "decimal", "datetime", "duration"]


class TypedExpressions:
    """Makes expressions that mostly have the type that is asked for, under a schema."""

    def __init__(self, case, variables, action):
        self.case = case
        self.random = case.random
        self.variables = variables
        self.action = action
        # What was asked for with `has` or `hasTag` in this policy: it is used more often than chance would.
        self.guarded = []

    def make(self, kind, depth):
        random = self.random
        if random.random() < 0.01:
            kind = random.choice([("builtin", random.choice(BUILTINS)), ("entity", random.choice(list(self.case.types)))])
        kind = self.case.resolved(kind)
        what, content = kind
        if depth > 0 and random.random() < 0.12:
            return "(if %s then %s else %s)" % (self.boolean(depth - 1), self.make(kind, depth - 1), self.make(kind, depth - 1))
        if kind == ("builtin", "Bool") and depth > 0:
            return self.boolean(depth - 1)
        if random.random() < 0.5:
            found = self.access(kind)
            if found:
                return found
        return self.literal(kind, depth)

    def literal(self, kind, depth):
        random = self.random
        what, content = kind
        if what == "entity":
            return "%s::%s" % (lambda uid: (uid[0], quoted(random, uid[1])))(self.case.uid(content if random.random() < 0.99 else "Missing"))
        if depth < -8 and what in ("set", "record"):
            # A type that is made of itself, which the schema is refused for, but only after its values were made.
            return "[]" if what == "set" else "{}"
        if what == "set":
            count = random.choice([0, 1, 1, 2]) if random.random() < 0.2 else random.choice([1, 1, 2])
            return "[%s]" % ", ".join(self.make(content, depth - 1) if depth > 0 else self.literal(self.case.resolved(content), min(depth, 0) - 1) for _ in range(count))
        if what == "record":
            parts = ["%s: %s" % (quoted(random, name), self.make(each, depth - 1) if depth > 0 else self.literal(self.case.resolved(each), min(depth, 0) - 1)) for name, (required, each) in content.items() if required or random.random() < 0.5]
            return "{%s}" % ", ".join(parts)
        if content == "Bool":
            return random.choice(["true", "false"])
        if content == "Long":
            if depth > 0 and random.random() < 0.3:
                return "(%s %s %s)" % (self.make(kind, depth - 1), random.choice("+-*"), self.make(kind, depth - 1))
            return str(random.choice(words.LONGS[:10]))
        if content == "String":
            return quoted(random, random.choice(words.PLAIN))
        if content == "datetime" and depth > 0 and random.random() < 0.3:
            return "%s.offset(%s)" % (self.make(kind, depth - 1), self.make(("builtin", "duration"), depth - 1))
        if content == "duration" and depth > 0 and random.random() < 0.3:
            return "%s.durationSince(%s)" % (self.make(("builtin", "datetime"), depth - 1), self.make(("builtin", "datetime"), depth - 1))
        name = "ip" if content == "ipaddr" else content
        pool = words.EXTENSIONS[name]
        if random.random() < 0.02:
            return "%s(%s)" % (name, self.make(("builtin", "String"), depth - 1))
        return "%s(%s)" % (name, quoted(random, random.choice(pool[: words.GOOD[name]] if random.random() < 0.97 else pool)))

    def paths(self):
        """What can be reached from the variables: text, type, and whether it is sure to be there."""
        found = [(name, kind, True) for name, kind in self.variables.items()]
        for text, kind, sure in list(found):
            found += self.below(text, kind, sure, 2)
        return found

    def below(self, text, kind, sure, depth):
        what, content = self.case.resolved(kind)
        if depth == 0 or what not in ("entity", "record"):
            return []
        attributes = content if what == "record" else self.case.types.get(content, {}).get("attributes", {})
        found = []
        for name, (required, each) in attributes.items():
            plain = name.isidentifier() and name.isascii() and name not in ("in", "if", "__cedar")
            step = text + ("." + name if plain else "[%s]" % quoted(self.random, name))
            found.append((step, each, sure and (required or (text, name) in self.guarded)))
            found += self.below(step, each, sure and required, depth - 1)
        return found

    def access(self, kind):
        random = self.random
        fitting = [text for text, each, sure in self.paths() if self.case.resolved(each) == kind and (sure or random.random() < 0.1)]
        return random.choice(fitting) if fitting else None

    def boolean(self, depth):
        random = self.random
        make = lambda kind: self.make(kind, depth)
        form = random.randrange(14)
        if form < 2:
            kind = random.choice([("builtin", random.choice(BUILTINS)), ("entity", random.choice(list(self.case.types))), ("set", ("builtin", "Long"))])
            return "(%s %s %s)" % (make(kind), random.choice(["==", "!="]), make(kind))
        if form == 2:
            kind = ("builtin", random.choice(["Long", "Long", "datetime", "duration", "String"] if random.random() < 0.1 else ["Long", "datetime", "duration"]))
            return "(%s %s %s)" % (make(kind), random.choice(["<", "<=", ">", ">="]), make(kind))
        if form == 3:
            return "(%s && %s)" % (self.boolean(depth - 1), self.boolean(depth - 1)) if depth > 0 else random.choice(["true", "false"])
        if form == 4:
            return "(%s || %s)" % (self.boolean(depth - 1), self.boolean(depth - 1)) if depth > 0 else "true"
        if form == 5:
            return "!" + (self.boolean(depth - 1) if depth > 0 else "false")
        if form == 6:
            return self.guard(depth)
        if form == 7:
            return self.tags(depth)
        if form == 8:
            kind = random.choice([("builtin", "Long"), ("builtin", "String"), ("entity", random.choice(list(self.case.types)))])
            return random.choice(["%s.contains(%s)" % (self.set(kind, depth), make(kind)), "%s.containsAll(%s)" % (self.set(kind, depth), self.set(kind, depth)), "%s.isEmpty()" % self.set(kind, depth), "%s.containsAny(%s)" % (self.set(kind, depth), self.set(kind, depth))])
        if form == 9:
            kind = ("entity", random.choice(list(self.case.types)))
            target = make(("entity", random.choice(self.case.types[kind[1]]["parents"] + [kind[1]])))
            return "(%s in %s)" % (make(kind), target if random.random() < 0.7 else "[%s]" % target)
        if form == 10:
            kind = random.choice(list(self.case.types))
            text = "(%s is %s" % (make(("entity", kind)), kind if random.random() < 0.7 else random.choice(list(self.case.types) + ["Missing"]))
            return text + (" in %s)" % make(("entity", random.choice(self.case.types[kind]["parents"] + [kind]))) if random.random() < 0.3 else ")")
        if form == 11:
            return "(%s like %s)" % (make(("builtin", "String")), random.choice(['"*"', '"a*b"', '"\\*"']))
        if form == 12:
            uids = list(self.case.actions) or [("Action", "none")]
            written = ["%s::%s" % (uid[0], quoted(random, uid[1])) for uid in random.sample(uids, min(len(uids), 2))]
            return random.choice(["(action == %s)" % written[0], "(action in [%s])" % ", ".join(written), "(action in %s)" % written[0], "(action has x)", "(%s in %s)" % (written[0], written[-1])])
        kind = random.choice(["ipaddr", "decimal"])
        pair = (make(("builtin", kind)), make(("builtin", kind)))
        if kind == "decimal":
            return "%s.%s(%s)" % (pair[0], random.choice(["lessThan", "greaterThanOrEqual"]), pair[1])
        return random.choice(["%s.isInRange(%s)" % pair, "%s.isIpv4()" % pair[0], "%s.isLoopback(%s)" % pair if random.random() < 0.2 else "%s.isMulticast()" % pair[0]])

    def set(self, kind, depth):
        return self.access(("set", kind)) or self.literal(("set", kind), depth)

    def guard(self, depth):
        """`e has a && …`, and its like."""
        random = self.random
        bases = [(text, kind) for text, kind, sure in self.paths() if self.case.resolved(kind)[0] in ("entity", "record") and sure]
        text, kind = random.choice(bases)
        what, content = self.case.resolved(kind)
        attributes = content if what == "record" else self.case.types.get(content, {}).get("attributes", {})
        name = random.choice(list(attributes) or ["missing"]) if random.random() < 0.95 else "missing"
        plain = name.isidentifier() and name.isascii() and name not in ("in", "if", "__cedar")
        path = name if plain else quoted(random, name)
        if plain and random.random() < 0.15:
            path += "." + random.choice(["a", "b", "n", "name", "o1"])
        test = "%s has %s" % (text, path)
        if random.random() < 0.2:
            return "(%s)" % test
        self.guarded.append((text, name))
        inner = self.boolean(depth - 1) if depth > 0 else self.use(text, name, attributes)
        form = random.random()
        used = "(%s && %s)" % (self.use(text, name, attributes), inner) if random.random() < 0.6 else inner
        self.guarded.pop()
        if form < 0.6:
            return "(%s && %s)" % (test, used)
        if form < 0.8:
            return "(if %s then %s else %s)" % (test, used, self.boolean(depth - 1) if depth > 0 else "false")
        if form < 0.9:
            return "(%s && (%s && %s))" % (test, self.boolean(depth - 1) if depth > 0 else "true", used)
        return "((%s || %s) && %s)" % (test, test if random.random() < 0.5 else "false", used)

    def use(self, text, name, attributes):
        plain = name.isidentifier() and name.isascii() and name not in ("in", "if", "__cedar")
        step = text + ("." + name if plain else "[%s]" % quoted(self.random, name))
        kind = self.case.resolved(attributes[name][1]) if name in attributes else ("builtin", "Long")
        return "(%s == %s)" % (step, self.literal(kind, 0))

    def tags(self, depth):
        random = self.random
        entities = [(text, self.case.resolved(kind)[1]) for text, kind, sure in self.paths() if sure and self.case.resolved(kind)[0] == "entity"]
        text, name = random.choice(entities or [("principal", list(self.case.types)[0])])
        key = random.choice(['"t"', '"t"', "\"a\"", self.make(("builtin", "String"), 0)])
        tags = self.case.types.get(name, {}).get("tags")
        use = "(%s.getTag(%s) == %s)" % (text, key if random.random() < 0.95 else '"u"', self.literal(self.case.resolved(tags or ("builtin", "Long")), 0))
        return random.choice(["(%s.hasTag(%s) && %s)" % (text, key, use), "%s.hasTag(%s)" % (text, key), "(if %s.hasTag(%s) then %s else false)" % (text, key, use), use if random.random() < 0.2 else "true"])
