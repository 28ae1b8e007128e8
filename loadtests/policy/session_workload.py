"""Session rules of a chosen number and the events of one busy session, for both engines.

Half the rules are limits and running totals, the rest ask for an approval or a login before. They are spread over tools as in a tenant
with many connectors, or all stand on one tool, where every rule is asked at every request."""

import random


def action(tool, kind):
    return f'T::Action::"{tool}"::{kind}'


def rule(index, tool, other):
    user, limit = f"u{index % 40}", 20 + index % 30
    head = f'(principal, action == T::Action::"{tool}", resource)'
    mine = "input.user: context.input.user"
    return [
        f'forbid{head} when temporal {{ bind(n, count_within(1h, {action(tool, "request")}{{ input.user: "{user}" }}), n > {limit}) }};',
        f'forbid{head} when temporal {{ bind(total, sum_within(x, 2h, {action(tool, "request")}{{ {mine}, input.amount: x }}), total > {limit * 100}) }};',
        f'forbid{head} when {{ context.input.amount > {limit * 3} }} unless temporal {{ formerly within 10m {action(other, "response")}{{ {mine} }} }};',
        f'forbid{head} when temporal {{ !{action(tool, "error")}{{ {mine} }} since within 1m {action(other, "error")}{{ {mine}, input.amount: {index % 50} }} }};',
    ][index % 4]


def workload(rules, tools, events, seed=11):
    chance = random.Random(seed)
    names = [f"tool{index}" for index in range(tools)]
    policies = ["permit(principal, action, resource);"]
    policies += [rule(index, names[index // 4 % tools], names[(index // 4 + 1 + index % 7) % tools]) for index in range(rules)]
    trace, now = [], 0
    for index in range(events):
        now += chance.choice([0, 1, 1, 2])
        kind = chance.choice(["request", "request", "request", "response", "error"])
        trace.append({"time": now, "kind": kind, "tool": chance.choice(names), "user": f"u{chance.randrange(40)}", "amount": chance.randrange(150)})
    return {"policies": "\n".join(policies), "event_schema": SCHEMA, "events": [line(event) for event in trace], "trace": trace, "tools": names}


SCHEMA = "\n".join(
    f"{'decision ' if kind == 'request' else ''}event <A>::{kind} {{ ...inputs(A), callerPrincipal: principalType(A), callerResource: resourceType(A), requestId: String, sessionId: String }}"
    for kind in ("request", "response", "error")
)


def line(event):
    return {
        "time": event["time"], "kind": event["kind"], "action": {"type": "T::Action", "id": event["tool"]}, "principal": {"type": "T::U", "id": "agent"},
        "resource": {"type": "T::G", "id": "g"}, "input": {"user": event["user"], "amount": event["amount"]},
    }


def cedar_schema(work):
    actions = "\n".join(
        f'action "{tool}" appliesTo {{ principal: [U], resource: [G], context: {{ input: {{ user: String, amount: Long }} }} }};' for tool in work["tools"]
    )
    return f"namespace T {{ entity U; entity G; {actions} }}"


def peer_trace(work, count):
    lines = []
    for event in work["trace"][:count]:
        given = f'input: {{ user: "{event["user"]}", amount: {event["amount"]} }}'
        lines.append(
            f'@{event["time"]} scope(principal: T::U::"agent", resource: T::G::"g") request_context({given}) T::Action::"{event["tool"]}"::{event["kind"]}'
            f'({given}, callerPrincipal: T::U::"agent", callerResource: T::G::"g", requestId: "r", sessionId: "s")'
        )
    return "\n".join(lines)
