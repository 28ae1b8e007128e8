"""celpy as it is asked, and its values in the form in which `provable cel serve` gives its own."""

import base64
import datetime
import logging
import struct
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)

import celpy
from celpy import celtypes

ENVIRONMENT = celpy.Environment()


class Refused(Exception):
    """It has no value for the expression."""


def evaluate(expression, variables):
    try:
        return typed(ENVIRONMENT.program(ENVIRONMENT.compile(expression)).evaluate(variables))
    except Exception as error:  # It also refuses by way of Python's own errors.
        raise Refused(f"{type(error).__name__}: {str(error)[:200]}") from error


def variables_of(values):
    return {name: celpy.json_to_cel(value) for name, value in values.items()}


def typed(value):
    """[TYPE, CONTENT]. Its operators give Python's own types now and then; bool comes before int, since Python's is one."""
    if isinstance(value, celpy.CELEvalError):
        raise Refused(f"an element is an error: {value}"[:200])
    if value is None:
        return ["null_type", None]
    if isinstance(value, (celtypes.BoolType, bool)):
        return ["bool", bool(value)]
    if isinstance(value, celtypes.UintType):
        return ["uint", str(int(value))]
    if isinstance(value, float):
        return ["double", "NaN" if value != value else format(struct.unpack(">Q", struct.pack(">d", float(value)))[0], "x")]
    if isinstance(value, datetime.timedelta):
        return ["google.protobuf.Duration", span(value)]
    if isinstance(value, datetime.datetime):
        return ["google.protobuf.Timestamp", moment(value)]
    if isinstance(value, int):
        return ["int", str(int(value))]
    if isinstance(value, str):
        return ["string", str(value)]
    if isinstance(value, bytes):
        return ["bytes", base64.b64encode(bytes(value)).decode()]
    if isinstance(value, list):
        return ["list", [typed(element) for element in value]]
    if isinstance(value, dict):
        return ["map", [[typed(key), typed(element)] for key, element in value.items()]]
    return ["type", str(value)]


def span(value):
    total = (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
    sign = "-" if total < 0 else ""
    seconds, rest = divmod(abs(total), 1_000_000)
    return f"{sign}{seconds}{fraction(rest)}s"


def moment(value):
    utc = value.astimezone(datetime.timezone.utc)
    return utc.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + fraction(utc.microsecond) + "Z"


def fraction(microseconds):
    return f".{microseconds:06}".rstrip("0") if microseconds else ""


def ordered(value):
    """Maps have no order."""
    kind, content = value
    if kind == "list":
        return [kind, [ordered(element) for element in content]]
    if kind == "map":
        return [kind, sorted(([ordered(key), ordered(element)] for key, element in content), key=repr)]
    return [kind, content]
