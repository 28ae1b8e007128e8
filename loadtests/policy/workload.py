"""A tenant's policies of a chosen number: roles that may use tools, people with a folder of their own, forbids on single tools, and a few
that look at every request. Who asks has two roles, so that what applies to a request does not grow with the number of policies."""

import random


def uid(kind, name):
    return {"type": kind, "id": name}


def workload(count, seed=7):
    chance = random.Random(seed)
    roles = max(2, count // 20)
    tools = max(2, count // roles)
    guards = 4
    policies = [
        f'forbid(principal, action, resource) when {{ context.risk > {90 + index} && !(context.source.isInRange(ip("10.{index}.0.0/16"))) }};'
        for index in range(guards)
    ]
    for index in range(count - guards):
        role, tool = f'Role::"r{index % roles}"', f'Action::"tool{index // roles % tools}"'
        form = index % 20
        if form < 14:
            policies.append(f"permit(principal in {role}, action == {tool}, resource is Document) when {{ context.amount <= {100 * index % 5000} }};")
        elif form < 16:
            policies.append(f'permit(principal == User::"u{index % 50}", action, resource in Folder::"f{index}") when {{ resource.owner == principal }};')
        elif form < 19:
            policies.append(f'forbid(principal in {role}, action == {tool}, resource) unless {{ context has mfa && context.mfa }};')
        else:
            policies.append(f'permit(principal is User, action in [{tool}], resource == Report::"d{index}") when {{ resource.name like "public*" }};')
    entities = [{"uid": uid("Folder", f"f{index}"), "attrs": {}, "parents": [uid("Folder", "root")]} for index in range(20)]
    requests = []
    for index in range(50):
        user, document = uid("User", f"u{index}"), uid(chance.choice(["Document", "Document", "Report"]), f"d{index}")
        mine = [uid("Role", f"r{chance.randrange(roles)}") for _ in range(2)]
        entities.append({"uid": user, "attrs": {}, "parents": mine})
        attributes = {"owner": {"__entity": user}, "name": chance.choice(["public report", "private"])}
        entities.append({"uid": document, "attrs": attributes, "parents": [uid("Folder", f"f{chance.randrange(20)}")]})
        context = {
            "amount": chance.randrange(5000), "risk": chance.randrange(95), "source": {"__extn": {"fn": "ip", "arg": f"10.{chance.randrange(3)}.1.1"}},
        }
        if chance.random() < 0.7:
            context["mfa"] = True
        requests.append({"principal": user, "action": uid("Action", f"tool{chance.randrange(tools)}"), "resource": document, "context": context})
    return {"policies": "\n".join(policies), "entities": entities, "requests": requests, "schema": schema(tools)}


def schema(tools):
    """What the policies are held against when they are published."""
    actions = ", ".join(f"tool{index}" for index in range(tools))
    return f"""
        entity Role;
        entity User in [Role];
        entity Folder in [Folder];
        entity Document, Report in [Folder] {{ owner: User, name: String }};
        action {actions} appliesTo {{
          principal: [User],
          resource: [Document, Report],
          context: {{ amount: Long, risk: Long, source: ipaddr, mfa?: Bool }}
        }};
    """
