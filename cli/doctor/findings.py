"""What a check says: one line for each thing that was read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How a line is meant."""

    STOP = "STOP"
    """The deployment would fail, or a promise would not be kept."""
    NOTE = "note"
    """Worth knowing; nothing stands in the way."""
    SKIPPED = "skipped"
    """It could not be read, so nothing is known."""
    FINE = "fine"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that was read, what it says, and what mends it (a command, or a page of the console)."""

    severity: Severity
    check: str
    says: str
    mend: str = ""

    def __str__(self) -> str:
        """Return the finding as one line."""
        ending = f" -> {self.mend}" if self.mend else ""
        return f"{self.severity}: {self.check}: {self.says}{ending}"


def stop(check: str, says: str, mend: str) -> Line:
    """Say that something stands in the way, and what mends it."""
    return Line(severity=Severity.STOP, check=check, says=says, mend=mend)


def note(check: str, says: str, mend: str = "") -> Line:
    """Say something worth knowing."""
    return Line(severity=Severity.NOTE, check=check, says=says, mend=mend)


def fine(check: str, says: str) -> Line:
    """Say that what was read is as it has to be."""
    return Line(severity=Severity.FINE, check=check, says=says)


def skipped(check: str, says: str, mend: str) -> Line:
    """Say that something could not be read: that is never a pass."""
    return Line(severity=Severity.SKIPPED, check=check, says=says, mend=mend)


def exit_status(lines: list[Line]) -> int:
    """Return 1 where something stops the deployment, 2 where something could not be read, 0 otherwise."""
    severities = {line.severity for line in lines}
    if Severity.STOP in severities:
        return 1
    return 2 if Severity.SKIPPED in severities else 0
