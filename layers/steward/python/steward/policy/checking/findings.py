"""What a check has to say about a policy file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a finding stops the deployment."""

    ERROR = "error"
    REMARK = "remark"


@dataclass(frozen=True)
class Finding:
    """One sentence about one place of a policy file."""

    path: str
    """The TOML path, such as ``retention.call_recording.months``."""
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Return the finding as one line."""
        mark = "" if self.severity is Severity.ERROR else "remark: "
        return f"{self.path}: {mark}{self.message}"


def error(path: str, message: str) -> Finding:
    """Return a finding that stops the deployment."""
    return Finding(path, message)


def remark(path: str, message: str) -> Finding:
    """Return a finding that is good to know."""
    return Finding(path, message, Severity.REMARK)
