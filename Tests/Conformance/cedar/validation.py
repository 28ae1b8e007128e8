"""Validation, asked of both engines: of schemas whether they mean anything, of policies, entities and requests whether they fit."""

import json
import re

import cedarpy

# What is wrong, by how the peer words it.
CODES = [
    ("empty_set", "empty set literals are forbidden"), ("invalid_argument", "error during extension function argument validation"),
    ("incompatible_types", "are not compatible"), ("unknown_entity_type", "unrecognized entity type"), ("unknown_action", "unrecognized action"),
    ("unsafe_tag", "unable to guarantee safety of access to tag"), ("no_applicable_action", "unable to find an applicable action"),
    ("argument_count", "wrong number of arguments"), ("unsafe_attribute", "unable to guarantee safety of access to optional attribute"),
    ("constructor_of_no_literal", "extension constructors may not be called with non-literal"), ("unexpected_type", "unexpected type"),
    ("unknown_id", "not declared as a valid eid"), ("no_tags", "tags are not allowed"), ("no_tags", "cannot have tags"), ("unknown_attribute", re.compile(r"attribute `(.|\n)*` .*not found")),
]


def code(message):
    for name, words in CODES:
        if (words in message) if isinstance(words, str) else words.search(message):
            return name
    return "unknown: " + message


def asked(case):
    question = {"op": "validate", "schema": case.schema, "policies": case.policies, "links": case.links, "entities": case.entities, "requests": case.requests}
    try:
        case.peer_schema = cedarpy.Schema.from_str(case.schema)
        # What it reads it cannot always write.
        written = str(case.peer_schema)
        if not written.startswith("<"):
            question["same"] = written
    except ValueError as error:
        case.peer_schema = None
        case.refusal = str(error)
    return question


def parses(policies):
    try:
        cedarpy.format_policies(policies)
    except ValueError:
        return False
    return True


def difference(case, answer):
    """What is otherwise than the peer has it, or nothing."""
    if case.peer_schema is None:
        return None if answer.get("refused") == "schema" else f"the peer refuses the schema: {case.refusal}"
    if answer.get("refused"):
        # An expression such as `!-1`, which the generator writes and neither of them reads.
        return None if answer["refused"] == "policies" and not parses(case.policies) else f"ours refuses {answer}"
    result = cedarpy.validate_policies(case.policies, case.peer_schema)
    expected = sorted({f"{error.policy_id} {code(error.error)}" for error in result.errors})
    # The peer is not asked about links.
    found = [each for each in answer["codes"] if not each.startswith("link")]
    if found != expected or bool(expected) == result.validation_passed:
        return f"policies: ours {found}, peer {expected} {[error.error for error in result.errors]}"
    try:
        cedarpy.Entities.from_json_str(case.entities, case.peer_schema)
        fits = True
    except ValueError as error:
        fits = str(error)
    if (answer["entities"] is True) != (fits is True):
        return f"entities: ours {answer['entities']}, peer {fits}"
    for index, request in enumerate(case.requests):
        verdict = cedarpy.is_authorized(request, "", "[]", case.peer_schema)
        fits = verdict.decision != cedarpy.Decision.NoDecision
        if (answer["requests"][index] is True) != fits:
            return f"request {index}: ours {answer['requests'][index]}, peer {verdict.diagnostics.errors}"
    return written(case, answer, result)


def written(case, answer, result):
    """What ours writes is read by the peer, and gives the same verdicts."""
    for name, text, read in [("text", answer["text"], cedarpy.Schema.from_str), ("json", answer["json"], cedarpy.Schema.from_json_str), ("resolved", answer["resolved"], cedarpy.Schema.from_json_str)]:
        try:
            schema = read(text)
        except ValueError as error:
            return f"{name}: the peer does not read {text}: {error}"
        again = cedarpy.validate_policies(case.policies, schema)
        if sorted(error.error for error in again.errors) != sorted(error.error for error in result.errors):
            return f"{name}: with it the peer says {[error.error for error in again.errors]}, without {[error.error for error in result.errors]}"
    return None
