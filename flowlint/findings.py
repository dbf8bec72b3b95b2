"""What the linter says."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How much a finding matters; only an error makes the command fail."""

    ERROR = "error"
    WARNING = "warning"


class Finding(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with one action of one flow."""

    file: str = ""
    action: str = ""
    """The action's identifier; empty where the flow as a whole is meant."""
    rule: str
    severity: Severity = Severity.ERROR
    reason: str
    """One sentence for a person."""
