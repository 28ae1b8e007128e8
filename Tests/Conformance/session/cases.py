"""Seeded cases: policies with temporal blocks, an event schema, and a trace. Most are accepted; some break a rule of the language on
purpose, and must then be refused by both."""

import random

ACTIONS = ["Login", "Read", "Write", "Pay"]
SCHEMA = """
namespace D {
  type In = { user: String, amount: Long, flag: Bool, score: decimal, opt?: String, owner: U, deep: { a: Long, b: String } };
  type Out = { ok: Bool, total: Long };
  entity G; entity U;
  %s
}
""" % "\n  ".join(
    'action "%s" appliesTo { principal: [U], resource: [G], context: { input: In, output?: Out } };' % name for name in ACTIONS
)
COMMON = "callerResource: resourceType(A), requestId: String, sessionId: String"
PINNED = "\n".join(
    "%s event <A>::%s { ...inputs(A), %s pin callerPrincipal: principalType(A) = principal, %s }"
    % ("decision" if kind == "request" else "", kind, "...outputs(A)," if kind == "response" else "", COMMON)
    for kind in ("request", "response", "error")
)
HALF_PINNED = PINNED.replace("pin callerPrincipal: principalType(A) = principal", "callerPrincipal: principalType(A)", 1)
UNPINNED = PINNED.replace("pin callerPrincipal: principalType(A) = principal", "callerPrincipal: principalType(A)")
# The peer's own schema, which is the pinned one, is used where none is named.
SCHEMAS = [None] * 2 + [UNPINNED] * 5 + [PINNED, HALF_PINNED]
STRINGS = ["a", "b", "c", "al"]
PEOPLE = ["al", "bo"]
WINDOWS = ["0s", "1s", "5s", "10s", "1m", "1h", "2h"]
FIELDS = {
    "input.user": "string", "input.amount": "long", "input.flag": "bool", "input.score": "decimal", "input.opt": "string", "input.owner": "entity",
    "input.deep.a": "long", "input.deep.b": "string", "callerPrincipal": "entity", "requestId": "string",
}
MACROS = [
    ("once", "def temporal once(?w, ?s) { formerly within ?w ?s };", lambda c, scope: f"once({c.window()}, {c.predicate(scope)})"),
    ("never", "def temporal never(?w, ?s) { !(formerly within ?w ?s) };", lambda c, scope: f"never({c.window()}, {c.predicate(scope, ground=True)})"),
    (
        "by", "def temporal by(?w, ?s, ?u) { formerly within ?w (?s{ input.user: ?u }) };",
        lambda c, scope: f"by({c.window()}, {c.predicate(scope)}, {c.chance.choice(['context.input.user', c.quoted()])})",
    ),
]


class Case:
    def __init__(self, seed):
        self.seed = seed
        self.chance = random.Random(seed)
        self.variables = 0
        self.event_schema = self.chance.choice(SCHEMAS)
        self.macros = [macro for macro in MACROS if self.chance.random() < 0.2]
        policies = [self.policy() for _ in range(self.chance.choice([1, 1, 2, 3, 5]))]
        if self.chance.random() < 0.5:
            policies.append("permit(principal, action, resource);")
        self.chance.shuffle(policies)
        self.policies = "\n".join([macro[1] for macro in self.macros] + policies)
        self.events = self.trace()

    # Policies

    def policy(self):
        effect = self.chance.choice(["permit", "permit", "forbid"])
        scope = "principal, %s, resource" % self.chance.choice(
            ["action", 'action == D::Action::"Write"', 'action == D::Action::"Pay"', 'action in [D::Action::"Read", D::Action::"Pay"]']
        )
        if self.chance.random() < 0.15:
            scope = scope.replace("principal", self.chance.choice(['principal == D::U::"al"', "principal is D::U"]), 1)
        clauses = []
        for _ in range(self.chance.choice([1, 1, 1, 2])):
            word = self.chance.choice(["when", "when", "unless"])
            block = "temporal { %s }" % self.condition()
            form = self.chance.random()
            if form < 0.75:
                clauses.append(f"{word} {block}")
            elif form < 0.9:
                clauses.append(f"{word} {{ context.input.amount >= {self.chance.randrange(4)} {self.chance.choice(['&&', '||'])} {block} }}")
            else:
                clauses.append(f"{word} {{ !({block}) || {block} }}")
        return f"{effect}({scope}) {' '.join(clauses)};"

    def condition(self, scope=(), depth=2):
        parts = [self.conjunct(scope, depth) for _ in range(self.chance.choice([1, 1, 1, 2, 3]))]
        return " && ".join(parts)

    def conjunct(self, scope, depth):
        """Something that is true or false by itself, whatever the variables in scope."""
        roll = self.chance.random()
        if depth <= 0 or roll < 0.3:
            return self.temporal(scope, depth)
        if roll < 0.45:
            return "!" + self.atom(scope, depth)
        if roll < 0.6:
            return self.counted(scope, depth)
        if roll < 0.7:
            return self.exists(scope, depth)
        if roll < 0.8:
            return self.since(scope, depth)
        if roll < 0.86 and self.macros:
            return self.chance.choice(self.macros)[2](self, scope)
        if roll < 0.9:
            return self.predicate(scope)
        if roll < 0.93:
            return self.broken(scope)
        return self.compared(scope)

    def atom(self, scope, depth):
        return self.chance.choice([self.predicate(scope, ground=True), "(%s)" % self.conjunct(scope, depth - 1)])

    def temporal(self, scope, depth):
        operator = self.chance.choice(["formerly", "formerly", "formerly", "previous"])
        return f"{operator} within {self.window()} {self.body(scope, depth)}"

    def body(self, scope, depth):
        roll = self.chance.random()
        if depth <= 0 or roll < 0.55:
            return self.predicate(scope)
        if roll < 0.8:
            return "(%s && %s)" % (self.predicate(scope), self.conjunct(scope, depth - 1))
        return "(%s)" % self.condition(scope, depth - 1)

    def since(self, scope, depth):
        left = self.chance.choice(["!" + self.predicate(scope, ground=True), "!" + self.predicate(scope, ground=True), self.predicate(scope, ground=True)])
        if self.chance.random() < 0.15 and depth > 0:
            left = "(%s)" % self.conjunct(scope, depth - 1)
        return f"({left} since within {self.window()} {self.body(scope, depth - 1)})"

    def exists(self, scope, depth):
        name, kind = self.fresh()
        inner = scope + ((name, kind),)
        first = f"formerly within {self.window()} {self.predicate(scope, binds=(name, kind))}"
        if self.chance.random() < 0.2:
            first = self.predicate(scope, binds=(name, kind))
        rest = self.chance.choice(
            [
                f"formerly within {self.window()} {self.predicate(inner, uses=(name, kind))}", f"!{self.predicate(inner, uses=(name, kind), ground=True)}",
                self.filter(name, kind), f"!({self.filter(name, kind)})",
                f"(!{self.predicate(inner, uses=(name, kind), ground=True)} since within {self.window()} {self.predicate(inner, uses=(name, kind))})",
                self.conjunct(inner, depth - 1),
            ]
        )
        swapped = self.chance.random() < 0.05
        pair = (rest, first) if swapped else (first, rest)
        return f"(exists ({name}: {self.type(kind)}). ({pair[0]} && {pair[1]}))"

    def counted(self, scope, depth):
        form = self.chance.random()
        number, limit = self.name(), self.chance.randrange(4)
        relation = self.chance.choice(["<", "<=", "==", ">", ">="])
        if form < 0.2:
            value = f"count_within({self.window()}, {self.predicate(scope, ground=True)})"
        elif form < 0.35:
            name = self.name()
            value = f"sum_within({name}, {self.window()}, {self.predicate(scope, binds=(name, 'long'))})"
            limit = self.chance.randrange(8)
        elif form < 0.45:
            name = self.name()
            value = f"count_distinct_within({name}, {self.window()}, {self.predicate(scope, binds=(name, 'string'))})"
        elif form < 0.65:
            time = self.name()
            value = f"(count for ({time}: Timepoint). where (formerly within {self.window()} ({self.predicate(scope, ground=True)} && tp({time}))))"
        elif form < 0.85:
            name, time = self.name(), self.name()
            binders = f"({name}: Long), ({time}: Timepoint)" if self.chance.random() < 0.7 else f"({name}: Long)"
            extra = f" && {self.filter(name, 'long')}" if self.chance.random() < 0.4 else ""
            tick = f" && tp({time})" if "Timepoint" in binders else ""
            value = f"(sum {name} for {binders}. where (formerly within {self.window()} ({self.predicate(scope, binds=(name, 'long'))}{extra}{tick})))"
            limit = self.chance.randrange(8)
        else:
            name, kind = self.fresh()
            value = f"(count for ({name}: {self.type(kind)}). where ({self.chance.choice([self.exists_free(scope, name, kind), self.over(scope, name, kind)])}))"
        form = self.chance.random()
        if form < 0.3:
            return f"{value} {relation} {limit}" if value.startswith(("(", "count_", "sum_")) else f"({value}) {relation} {limit}"
        if form < 0.4 and value.startswith("("):
            return f"{limit} {relation} {value[1:-1]}" if self.chance.random() < 0.3 else f"{limit} {relation} {value}"
        if form < 0.6:
            return f"bind({number}, {value if not value.startswith('(') else value[1:-1]}, {number} {relation} {limit})"
        return f"(exists ({number}: Long). ({value} == {number} && {number} {relation} {limit}))"

    def exists_free(self, scope, name, kind):
        amount = self.name()
        return f"exists ({amount}: Long). (formerly within {self.window()} ({self.predicate(scope, binds=(name, kind), also=amount)} && {amount} > {self.chance.randrange(3)}))"

    def over(self, scope, name, kind):
        return f"formerly within {self.window()} {self.predicate(scope, binds=(name, kind))} && formerly within {self.window()} {self.predicate(scope, uses=(name, kind))}"

    def compared(self, scope):
        left = self.chance.choice(["context.input.amount", "context.input.deep.a", "context.input.nope"])
        options = [
            f"{left} {self.chance.choice(['<', '<=', '>', '>=', '=='])} {self.chance.randrange(4)}", f"context.input.user == {self.quoted()}",
            'principal == D::U::"al"', f"principal.id == {self.quoted()}", "context.input.flag == true", f"context.input.user == context.input.deep.b",
        ]
        return f"({self.predicate(scope)} && {self.chance.choice(options)})" if self.chance.random() < 0.5 else self.chance.choice(options)

    def broken(self, scope):
        """What the language refuses, or nearly so."""
        name = self.name()
        action = self.action()
        return self.chance.choice(
            [
                f"formerly within 1h {action}::request{{ input.amount: {name} }}", f"exists ({name}: Long). ({name} > 1 && {name} < 3)",
                f"exists ({name}: Long). ({name} > 1 && formerly within 1h {action}::request{{ input.amount: {name} }})",
                f"exists ({name}: String). !{action}::request{{ input.user: {name} }}",
                f"exists ({name}: String). !(!{action}::request{{ input.user: {name} }})", f"exists ({name}: Long). ({name} == 1)",
                f"(count for ({name}: String). where (!(formerly within 1h {action}::request{{ input.user: {name} }}))) > 0",
                f"(count for ({name}: String). where ({action}::request{{ input.user: {name} }} since within 1h {action}::request{{}})) > 0",
                f"(sum zz for ({name}: Long). where {action}::request{{ input.amount: {name} }}) > 0",
                f"(count for ({name}: Long). where {action}::request{{}}) > 0", f"formerly {action}::request{{}}", f"previous within 1w {action}::request{{}}",
                f"formerly within 1h {action}::request{{ input.user: count for ({name}: Long). where {action}::request{{ input.amount: {name} }} }}",
                f"formerly within 1h {action}{{}}", f"formerly within 1h formerly within 1h {action}::request{{}}",
                f"formerly within 1h !{action}::request{{}}", f"{action}::request{{}} || {action}::request{{}}", f"once(1h)", f"count_within(1h, {action}::request{{}})",
                f"exists ({name}). {action}::request{{ input.user: {name} }}", f"{action}::request{{ input.user: {name}.x }}", "tp(t)", "?x", "context.input.amount",
                f"exists ({name}: Long). ((sum {name} for ({name}: Long). where {action}::request{{ input.amount: {name} }}) == {name})",
                f"formerly within 1h ({action}::request{{}}", f"_ == _", f"exists ({name}: Long). (_ == {name})", f"bind({name}, 3, {name} == 3)",
                f"(exists ({name}: String). ((!{action}::request{{ input.user: {name} }} since within 1h {action}::request{{}}) && {action}::request{{ input.user: {name} }}))",
                f"context.input.amount != 1", f"formerly within 1h ({action}::request{{}} && (exists ({name}: Long). (formerly within 1h {action}::request{{ input.amount: {name} }} && {name} != 1)))",
            ]
        )

    # Parts

    def name(self):
        self.variables += 1
        return f"v{self.variables}"

    def fresh(self):
        return self.name(), self.chance.choice(["string", "string", "long", "entity"])

    def type(self, kind):
        return {"string": "String", "long": "Long", "entity": "D::U", "bool": "Bool", "decimal": "decimal"}[kind]

    def window(self):
        return self.chance.choice(WINDOWS)

    def quoted(self):
        return '"%s"' % self.chance.choice(STRINGS)

    def action(self):
        return 'D::Action::"%s"' % self.chance.choice(ACTIONS)

    def filter(self, name, kind):
        if kind == "long":
            return f"{name} {self.chance.choice(['<', '<=', '>', '>=', '=='])} {self.chance.choice([str(self.chance.randrange(-1, 4)), 'context.input.amount'])}"
        if kind == "string":
            return f"{name} == {self.chance.choice([self.quoted(), 'context.input.user', 'principal.id'])}"
        return f'{name} == {self.chance.choice(["principal", chr(68) + "::U::" + chr(34) + "bo" + chr(34)])}'

    def predicate(self, scope, binds=None, uses=None, ground=False, also=None):
        kind = self.chance.choice(["request", "request", "request", "response", "error"])
        fields = {}
        for _ in range(self.chance.choice([0, 0, 1, 1, 2])):
            path = self.chance.choice(list(FIELDS))
            fields[path] = self.pattern(path, scope if not ground or self.chance.random() < 0.5 else scope)
        for pair in (binds, uses):
            if pair:
                fields[self.chance.choice([path for path, kind_ in FIELDS.items() if kind_ == pair[1]])] = pair[0]
        if also:
            fields["input.amount"] = also
        if kind == "response" and self.chance.random() < 0.3:
            fields["output.ok"] = self.chance.choice(["true", "false", "_"])
        body = ", ".join(f"{path}: {term}" for path, term in fields.items())
        return f"{self.action()}::{kind}{{ {body} }}"

    def pattern(self, path, scope):
        kind = FIELDS[path]
        known = [name for name, kind_ in scope if kind_ == kind]
        if known and self.chance.random() < 0.4:
            return self.chance.choice(known)
        roll = self.chance.random()
        if roll < 0.12:
            return self.chance.choice(["_", "*"])
        if roll < 0.5 and path.startswith("input."):
            return "context." + path
        if kind == "string":
            return self.quoted()
        if kind == "long":
            return str(self.chance.randrange(-1, 4))
        if kind == "bool":
            return self.chance.choice(["true", "false"])
        if kind == "decimal":
            return 'decimal("%s")' % self.chance.choice(["1.5", "1.50", "0.25"])
        return self.chance.choice(["principal", 'D::U::"al"', 'D::U::"bo"'])

    # Events

    def trace(self):
        events, now, latest = [], self.chance.choice([0, 1000]), 0
        for index in range(self.chance.choice([3, 6, 12, 20])):
            now += self.chance.choice([0, 0, 1, 1, 4, 5, 6, 60, 3540, 3600])
            kind = self.chance.choice(["request", "request", "request", "response", "error"])
            # A clock that goes back: the engine takes the latest time it has seen.
            told = max(0, now - self.chance.choice([1, 5, 100])) if self.chance.random() < 0.05 else now
            latest = max(latest, told)
            events.append(
                {
                    "time": latest, "told": told, "kind": kind, "action": self.chance.choice(ACTIONS), "principal": self.chance.choice(PEOPLE),
                    "user": self.chance.choice(STRINGS), "amount": self.chance.randrange(-1, 4), "flag": self.chance.random() < 0.5,
                    "score": self.chance.choice(["1.5", "0.25"]), "opt": self.chance.choice(STRINGS + [None]), "owner": self.chance.choice(PEOPLE),
                    "deep": (self.chance.randrange(3), self.chance.choice(STRINGS)), "ok": self.chance.random() < 0.5, "id": f"r{index}",
                }
            )
        return events
