"""Random schemas in Cedar's syntax, with entities, requests and policies for them: mostly such as fit, and now and then not."""

import json
import random as randomness

import words
from expressions import quoted
from typed_expressions import BUILTINS, TypedExpressions

NAMES = ["a", "b", "n", "name", "x y", "é", "in", "", "__cedar", "type", "Set", "o1", "o2"]
NAMESPACES = ["", "", "N", "N::M", "P"]


class SchemaCase:
    """A seed is a case. `types` are entity types by whole names, `actions` have what they apply to."""

    def __init__(self, seed):
        self.seed = seed
        self.random = randomness.Random(seed ^ 0x5C4E)
        self.common = {}
        self.types = {}
        self.actions = {}
        self.schema = self.make_schema()
        if self.random.random() < 0.06:
            self.schema = damaged(self.random, self.schema)
        self.links = []
        self.policies = "\n".join(self.policy(index) for index in range(self.random.choice([1, 1, 2, 4])))
        self.entities = json.dumps([self.entity(name) for name in self.types for _ in range(self.random.randrange(2))] + self.action_entities())
        self.requests = [self.request() for _ in range(3)]

    # Schemas

    def make_schema(self):
        random = self.random
        spaces = random.sample(NAMESPACES, random.choice([1, 1, 2, 3]))
        spaces = list(dict.fromkeys(spaces))
        plan = []
        for space in spaces:
            prefix = space + "::" if space else ""
            # The same name in and outside of a namespace is refused: mostly names differ.
            tail = "" if random.random() < 0.01 else space.replace("::", "")
            entities = ["E%d%s" % (number, tail) for number in range(random.randrange(1, 4))]
            if random.random() < 0.04:
                entities.append(random.choice(["Long", "Bool", "Set", "ipaddr", "Action"]))
            commons = ["T%d%s" % (number, tail) for number in range(random.randrange(3))]
            if random.random() < 0.04:
                commons.append(random.choice(["ipaddr", "Action", "String", entities[0]]))
            plan.append((space, prefix, entities, commons))
            for name in entities:
                self.types[prefix + name] = {"space": space, "attributes": {}, "tags": None, "ids": None, "parents": []}
        parts = [self.namespace(*each, [other for other in plan]) for each in plan]
        return "\n".join(parts)

    def namespace(self, space, prefix, entities, commons, plan):
        random = self.random
        lines = []
        earlier = []
        for name in commons:
            # Only earlier ones are named, so that there are few circles.
            kind = self.type(2, prefix, earlier if random.random() < 0.98 else commons)
            self.common[prefix + name] = kind
            lines.append("%stype %s = %s;" % (self.annotations(), name, self.written(kind, prefix)))
            earlier.append(name)
        for name in entities:
            lines.append(self.annotations() + self.entity_type(prefix, name, earlier))
        names = ["act%d%s" % (number, space.replace("::", "")) for number in range(random.randrange(1, 4))] + (["in er\""] if random.random() < 0.1 else [])
        for index, name in enumerate(names):
            lines.append(self.annotations() + self.action(prefix, name, names[:index] if random.random() < 0.98 else names))
        random.shuffle(lines)
        body = "\n".join(lines)
        return "%snamespace %s {\n%s\n}" % (self.annotations(), space, body) if space else body

    def annotations(self):
        random = self.random
        if random.random() < 0.85:
            return ""
        return "@%s%s " % (random.choice(["doc", "in", "x1"]), random.choice(["", "(\"\")", "(%s)" % quoted(random, random.choice(words.HOSTILE[:20]))]))

    def entity_type(self, prefix, name, commons):
        random = self.random
        made = self.types[prefix + name]
        if random.random() < 0.15:
            made["ids"] = [random.choice(words.PLAIN) for _ in range(random.randrange(1, 4))]
            return "entity %s enum [%s];" % (name, ", ".join(quoted(random, each) for each in made["ids"]))
        text = "entity " + name
        if random.random() < 0.5:
            made["parents"] = random.sample(list(self.types), min(len(self.types), random.choice([1, 1, 2])))
            text += " in [%s]" % ", ".join(self.reference(each, prefix) for each in made["parents"])
        if random.random() < 0.8:
            made["attributes"] = self.attributes(2, prefix, commons)
            text += random.choice([" ", " = "]) + self.record(made["attributes"], prefix)
        if random.random() < 0.4:
            made["tags"] = self.type(1, prefix, commons)
            text += " tags " + self.written(made["tags"], prefix)
        return text + ";"

    def action(self, prefix, name, others):
        random = self.random
        made = {"parents": [], "principals": [], "resources": [], "context": {}}
        self.actions[(prefix + "Action", name)] = made
        text = "action " + (name if name.isidentifier() and name != "in" and random.random() < 0.5 else quoted(random, name))
        if others and random.random() < 0.4:
            made["parents"] = [(prefix + "Action", other) for other in random.sample(others, 1)]
            text += " in [%s]" % ", ".join(random.choice([quoted(random, each[1]), "%s::%s" % (each[0], quoted(random, each[1]))]) for each in made["parents"])
        if random.random() < 0.85:
            made["principals"] = random.sample(list(self.types), random.randrange(1, len(self.types) + 1))
            made["resources"] = random.sample(list(self.types), random.randrange(1, len(self.types) + 1))
            made["context"] = self.attributes(2, prefix, []) if random.random() < 0.6 else {}
            lists = {"principal": made["principals"], "resource": made["resources"]}
            parts = ["%s: [%s]" % (part, ", ".join(self.reference(each, prefix) for each in names)) for part, names in lists.items()]
            parts.append("context: " + self.record(made["context"], prefix))
            text += " appliesTo { %s }" % ", ".join(parts)
        return text + ";"

    def reference(self, name, prefix):
        """A type by its whole name, or without the namespace that it is referred to from."""
        if self.random.random() < 0.002:
            return "Missing"
        if prefix and name.startswith(prefix) and "::" not in name[len(prefix):] and self.random.random() < 0.6:
            return name[len(prefix):]
        return name

    def type(self, depth, prefix, commons):
        """As (kind, content)."""
        random = self.random
        form = random.random()
        if form < 0.25 and self.types:
            return ("entity", random.choice(list(self.types)))
        if form < 0.33 and commons:
            return ("common", prefix + random.choice(commons))
        if form < 0.5 and depth > 0:
            return ("set", self.type(depth - 1, prefix, commons))
        if form < 0.65 and depth > 0:
            return ("record", self.attributes(depth - 1, prefix, commons))
        return ("builtin", random.choice(BUILTINS))

    def attributes(self, depth, prefix, commons):
        random = self.random
        return {name: (random.random() < 0.6, self.type(depth, prefix, commons)) for name in random.sample(NAMES, random.randrange(5))}

    def written(self, kind, prefix):
        random = self.random
        what, content = kind
        if what == "builtin":
            return random.choice([content, "__cedar::" + content])
        if what == "set":
            return "Set<%s>" % self.written(content, prefix)
        if what == "record":
            return self.record(content, prefix)
        return self.reference(content, prefix)

    def record(self, attributes, prefix):
        random = self.random
        parts = []
        for name, (required, kind) in attributes.items():
            plain = name.isidentifier() and name.isascii() and name not in ("in", "if") and random.random() < 0.7
            parts.append("%s%s%s: %s" % (self.annotations(), name if plain else quoted(random, name), "" if required else "?", self.written(kind, prefix)))
        return "{ %s%s }" % (", ".join(parts), "," if parts and random.random() < 0.3 else "")

    def resolved(self, kind, depth=0):
        while kind[0] == "common" and depth < 9:
            kind, depth = self.common.get(kind[1], ("builtin", "Long")), depth + 1
        return ("builtin", "Long") if kind[0] == "common" else kind

    # Values

    def value(self, kind, depth=3):
        random = self.random
        what, content = self.resolved(kind)
        if random.random() < 0.02:
            what, content = "builtin", random.choice(BUILTINS)
        if what == "entity":
            return {"__entity": self.json_uid(self.uid(content))}
        if what == "set":
            return [self.value(content, depth - 1) for _ in range(random.randrange(3))] if depth and depth > -5 else []
        if what == "record":
            # A record can have itself as a type of its members, by name: such a schema is refused, but only after its values were made.
            return self.members(content, depth - 1) if depth > -5 else {}
        if content == "Long":
            return random.choice(words.LONGS)
        if content == "String":
            return random.choice(words.PLAIN)
        if content == "Bool":
            return random.random() < 0.5
        name = "ip" if content == "ipaddr" else content
        return {"__extn": {"fn": name, "arg": random.choice(words.EXTENSIONS[name][: words.GOOD[name]])}}

    def members(self, attributes, depth=3):
        random = self.random
        made = {name: self.value(kind, depth) for name, (required, kind) in attributes.items() if random.random() < (0.98 if required else 0.5)}
        if random.random() < 0.02:
            made["extra"] = 1
        return made

    def uid(self, name):
        random = self.random
        ids = self.types.get(name, {}).get("ids")
        if ids and random.random() < 0.97:
            return (name, random.choice(ids))
        return (name, random.choice(words.PLAIN))

    def json_uid(self, uid):
        return {"type": uid[0], "id": uid[1]}

    def entity(self, name):
        random = self.random
        made = self.types[name]
        parents = [self.uid(parent) for parent in made["parents"] if random.random() < 0.5]
        if random.random() < 0.02:
            parents.append(self.uid(random.choice(list(self.types))))
        entity = {"uid": self.json_uid(self.uid(name)), "attrs": self.members(made["attributes"]), "parents": [self.json_uid(each) for each in parents]}
        if made["tags"] and random.random() < 0.5 or random.random() < 0.01:
            entity["tags"] = {tag: self.value(made["tags"] or ("builtin", "Long")) for tag in words.TAGS[:2]}
        return entity

    def action_entities(self):
        random = self.random
        if random.random() < 0.9 or not self.actions:
            return []
        uid = random.choice(list(self.actions))
        parents = self.actions[uid]["parents"]
        return [{"uid": self.json_uid(uid), "attrs": {}, "parents": [self.json_uid(each) for each in parents]}]

    def request(self):
        random = self.random
        uid = random.choice(list(self.actions)) if self.actions else ("Action", "none")
        made = self.actions.get(uid, {"principals": [], "resources": [], "context": {}})
        anything = list(self.types)
        pick = lambda names: self.uid(random.choice(names if names and random.random() < 0.95 else anything))
        return {
            "principal": self.json_uid(pick(made["principals"])), "action": self.json_uid(uid), "resource": self.json_uid(pick(made["resources"])),
            "context": json.dumps(self.members(made["context"])),
        }

    # Policies

    def policy(self, index):
        random = self.random
        usable = [uid for uid, made in self.actions.items() if made["principals"]]
        uid = random.choice(usable if usable and random.random() < 0.97 else list(self.actions) or [("Action", "none")])
        made = self.actions.get(uid, {"principals": [], "resources": [], "context": {}})
        anything = list(self.types)
        principal = random.choice(made["principals"] or anything)
        resource = random.choice(made["resources"] or anything)
        maker = TypedExpressions(self, {"principal": ("entity", principal), "resource": ("entity", resource), "context": ("record", made["context"])}, uid)
        slots = {}
        head = "%s(%s, %s, %s)" % (
            random.choice(["permit", "forbid"]), self.scope("principal", principal, slots), self.action_scope(uid), self.scope("resource", resource, slots))
        for number in range(random.randrange(3) if slots else 0):
            values = {slot: self.json_uid(self.uid(random.choice(anything) if random.random() < 0.95 else "Missing")) for slot in slots}
            self.links.append({"template_id": "policy%d" % index, "new_id": "link%d-%d" % (index, number), "values": values})
        conditions = ["%s { %s }" % (random.choice(["when", "when", "unless"]), maker.make(("builtin", "Bool"), random.choice([1, 2, 3, 4]))) for _ in range(random.choice([0, 1, 1, 2]))]
        return " ".join([head] + conditions) + ";"

    def scope(self, variable, kind, slots):
        random = self.random
        form = random.random()
        if form < 0.45:
            return "%s is %s" % (variable, kind if random.random() < 0.97 else "Missing")
        if form < 0.6:
            return variable
        others = self.types[kind]["parents"] + [kind]
        if form >= 0.7 and form < 0.85 and random.random() < 0.9:
            others = [kind]
        target = self.uid(random.choice(others if random.random() < 0.95 else list(self.types)))
        written = "%s::%s" % (target[0], quoted(random, target[1]))
        if random.random() < 0.15:
            slots["?" + variable] = True
            written = "?" + variable
        if form < 0.7:
            return "%s is %s in %s" % (variable, kind, written)
        return "%s %s %s" % (variable, "==" if form < 0.85 else "in", written)

    def action_scope(self, uid):
        random = self.random
        form = random.random()
        written = lambda each: "%s::%s" % (each[0], quoted(random, each[1]))
        if form < 0.6:
            return "action == " + written(uid)
        if form < 0.75:
            return "action"
        if form < 0.76:
            return "action == Action::\"missing\""
        if form < 0.77:
            return "action in []"
        return "action in [%s]" % ", ".join(written(each) for each in random.sample(list(self.actions), min(len(self.actions), random.randrange(1, 3))))


def damaged(random, text):
    characters = list(text)
    for _ in range(random.choice([1, 1, 2])):
        at = random.randrange(len(characters)) if characters else 0
        form = random.randrange(3)
        if form == 0 and characters:
            del characters[at]
        elif form == 1:
            characters.insert(at, random.choice("(){}[]<>;:,.=?@\"\\ \n\0é_a0/"))
        else:
            characters.insert(at, random.choice([" %s ", "%s"]) % random.choice(["entity", "action", "type", "in", "enum", "tags", "appliesTo", "namespace", "principal", "context", "Set", "::", "__cedar", "//", "attributes {}", "[]", "{}"]))
    return "".join(characters)
