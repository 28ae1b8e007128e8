"""Whoever enforces and does not understand an obligation denies."""

import pytest
from pep import permits


@pytest.mark.parametrize(
    "answer, expected",
    [
        ({"decision": True}, True),
        ({"decision": True, "context": {"obligations": []}}, True),
        ({"decision": True, "context": {"obligations": [{"type": "custom", "id": "1", "vendor": "provable", "action": "redact"}]}}, True),
        ({"decision": True, "context": {"obligations": [{"type": "custom", "id": "1", "vendor": "provable", "action": "watermark"}]}}, False),
        ({"decision": True, "context": {"obligations": [{"type": "step-up", "id": "1"}]}}, False),
        ({"decision": False, "context": {"access_request": {}}}, False),
        ({"decision": "true"}, False),
        ({}, False),
    ],
)
def test_what_is_not_understood_is_a_denial(answer, expected):
    assert permits(answer) is expected
