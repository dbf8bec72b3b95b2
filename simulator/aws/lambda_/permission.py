"""What an ``AWS::Lambda::Permission`` says, as the statement that Lambda adds to the function's resource policy.

Source: Lambda API reference, "AddPermission".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def statement_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement of a permission with these properties, as decoded JSON."""
    conditions: dict[str, dict[str, str]] = {}
    if "SourceArn" in properties:
        conditions["ArnLike"] = {"aws:SourceArn": properties["SourceArn"]}
    if "SourceAccount" in properties:
        conditions["StringEquals"] = {"aws:SourceAccount": properties["SourceAccount"]}
    return {
        "Effect": "Allow",
        "Principal": {"Service": properties["Principal"]},
        "Action": properties["Action"],
        "Condition": conditions,
    }
