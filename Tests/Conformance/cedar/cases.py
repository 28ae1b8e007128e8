"""Random cases: policies, templates and their links, entities in deep hierarchies, requests. A seed is a case."""

import json
import random as randomness

import words
from expressions import Expressions, quoted


def repeats(text):
    """Whether an object of this JSON has one name twice."""
    found = []
    try:
        json.loads(text, object_pairs_hook=lambda pairs: found.append(len(dict(pairs)) < len(pairs)))
    except ValueError:
        return False
    return any(found)


class Case:
    """What both engines are asked. Entities and contexts are texts, so that broken JSON can be asked about too."""

    def __init__(self, seed):
        self.seed = seed
        self.random = randomness.Random(seed)
        self.uids = self.make_uids()
        self.expressions = Expressions(self.random, self.uids)
        self.links = []
        self.policies = self.make_policies()
        self.entities = self.json_text(self.make_entities())
        self.requests = [self.make_request() for _ in range(self.random.choice([1, 2, 4]))]

    def name(self):
        return self.random.choice(words.HOSTILE if self.random.random() < 0.3 else words.PLAIN)

    def make_uids(self):
        random = self.random
        uids = [(random.choice(words.ENTITY_TYPES), self.name()) for _ in range(random.choice([3, 6, 12]))]
        return uids + [(random.choice(words.ACTION_TYPES), self.name()) for _ in range(4)]

    def plain_uid(self):
        return self.random.choice(self.uids[:-4])

    def action_uid(self):
        return self.random.choice(self.uids[-4:])

    # Policies

    def make_policies(self):
        count = self.random.choices([1, 2, 3, 5, 10, 40, 200], [30, 25, 20, 12, 8, 4, 1])[0]
        depth = self.random.choice([1, 2, 3, 4]) if count < 40 else 2
        text = self.random.choice(["\n", " ", "\n// note\n"]).join(self.policy(index, depth) for index in range(count))
        return self.damaged(text) if self.random.random() < 0.08 else text

    def policy(self, index, depth):
        random = self.random
        slots = {}
        parts = []
        if random.random() < 0.15:
            parts.append("@%s(%s)" % (random.choice(["id", "note", "if"]), quoted(random, self.name())))
        principal = self.entity_scope("principal", slots)
        resource = self.entity_scope("resource", slots)
        parts.append("%s(%s, %s, %s)" % (random.choice(["permit", "permit", "forbid"]), principal, self.action_scope(), resource))
        for _ in range(random.choices([0, 1, 2], [1, 6, 1])[0]):
            parts.append("%s { %s }" % (random.choice(["when", "when", "unless"]), self.expressions.make("bool", depth)))
        if slots:
            for number in range(random.randrange(4)):
                values = {slot: self.json_uid(self.plain_uid()) for slot in slots}
                self.links.append({"template_id": "policy%d" % index, "new_id": "link%d-%d" % (index, number), "values": values})
        return " ".join(parts) + ";"

    def entity_scope(self, variable, slots):
        random = self.random
        form = random.random()
        if form < 0.4:
            return variable
        if form < 0.5:
            return "%s is %s" % (variable, random.choice(words.ENTITY_TYPES))
        if random.random() < 0.15:
            slots["?" + variable] = True
            target = "?" + variable
        else:
            kind, name = self.plain_uid()
            target = "%s::%s" % (kind, quoted(random, name))
        if form < 0.6:
            return "%s is %s in %s" % (variable, random.choice(words.ENTITY_TYPES), target)
        return "%s %s %s" % (variable, "==" if form < 0.75 else "in", target)

    def action_scope(self):
        random = self.random
        form = random.random()
        uid = lambda: "%s::%s" % ((lambda pair: (pair[0], quoted(random, pair[1])))(self.action_uid()))
        if form < 0.5:
            return "action"
        if form < 0.75:
            return "action == " + uid()
        if form < 0.85:
            return "action in " + uid()
        return "action in [%s]" % ", ".join(uid() for _ in range(random.randrange(4)))

    def damaged(self, text):
        """With a few characters lost, doubled, swapped or put in: both engines must refuse the same texts."""
        random = self.random
        characters = list(text)
        for _ in range(random.choice([1, 1, 2, 3])):
            at = random.randrange(len(characters))
            form = random.randrange(4)
            if form == 0 and len(characters) > 1:
                del characters[at]
            elif form == 1:
                characters.insert(at, random.choice(characters))
            elif form == 2:
                characters[at] = random.choice("(){}[];:,.=!<>+-*/%&|@?\"'\\ \n\r\0é_a0")
            else:
                word = random.choice(["principal", "action", "resource", "context", "if", "then", "true", "in", "is", "has", "like", "permit", "when", "::", "ip", "__cedar", "==", "?resource"])
                characters.insert(at, random.choice([" %s ", "%s"]) % word)
        return "".join(characters)

    # Entities

    def make_entities(self):
        random = self.random
        entities = []
        known = list(dict.fromkeys(self.uids))
        actions = [uid for uid in known if uid in self.uids[-4:]]
        chain = [("Group", "chain%d" % number) for number in range(random.choice([0, 0, 0, 5, 60]))]
        known += chain
        for index, uid in enumerate(known):
            if random.random() < 0.15 and uid not in chain:
                continue
            later = known[index + 1:]
            parents = random.sample(later, min(len(later), random.choice([0, 0, 1, 2])))
            if uid in chain and later:
                parents = [later[0]]
            if uid in actions and random.random() < 0.99:
                parents = [uid for uid in parents if uid in actions]
            if random.random() < 0.002 and index:
                parents.append(known[random.randrange(index)])
            entities.append(self.entity(uid, parents))
        if entities and random.random() < 0.02:
            entities.append(random.choice(entities))
        return entities

    def entity(self, uid, parents):
        random = self.random
        is_action = uid in self.uids[-4:] and random.random() < 0.9
        entity = {"uid": self.json_uid(uid), "attrs": {} if is_action else self.attributes(0.5), "parents": [self.json_uid(parent) for parent in parents]}
        if not is_action and random.random() < 0.4:
            entity["tags"] = {tag: random.choice(words.LONGS) for tag in words.TAGS if random.random() < 0.5}
        return entity

    def json_uid(self, uid):
        return {"type": uid[0], "id": uid[1]}

    def attributes(self, share, depth=2):
        return {name: self.value(kind, depth) for name, kind in words.ATTRIBUTES.items() if self.random.random() < share}

    def value(self, kind, depth):
        random = self.random
        if random.random() < 0.03:
            kind = random.choice(["bool", "long", "string", "entity"])
        if kind == "bool":
            return random.random() < 0.5
        if kind == "long":
            return random.choice(words.LONGS)
        if kind == "string":
            return self.name()
        if kind == "entity":
            return {"__entity": self.json_uid(self.plain_uid())}
        if kind == "set":
            inner = random.choice(["long", "long", "string", "entity", "bool"])
            return [self.value(inner, 0) for _ in range(random.randrange(4))]
        if kind == "record":
            return self.attributes(0.3, depth - 1) if depth > 0 else {}
        pool = words.EXTENSIONS[kind]
        return {"__extn": {"fn": kind, "arg": random.choice(pool if random.random() < 0.001 else pool[: words.GOOD[kind]])}}

    def make_request(self):
        random = self.random
        context = self.attributes(0.6)
        return {
            "principal": self.json_uid(self.plain_uid()), "action": self.json_uid(self.action_uid()), "resource": self.json_uid(self.plain_uid()),
            "context": self.json_text(context),
        }

    def json_text(self, value):
        random = self.random
        text = json.dumps(value, ensure_ascii=random.random() < 0.5)
        if random.random() < 0.01:
            at = random.randrange(len(text))
            damaged = text[:at] + random.choice(["", ",", "null", "1.0", "1e2", "-0", "99999999999999999999", "\\ud800", "{", "]", "\"__entity\":", " ", "true"]) + text[at + random.randrange(2):]
            # The peer reads contexts with the last of equal names; here they are refused everywhere, as it does in entities.
            text = text if repeats(damaged) else damaged
        return text
