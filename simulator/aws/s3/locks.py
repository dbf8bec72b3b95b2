"""Object Lock as pure rules.

Source: Amazon S3 User Guide, "How S3 Object Lock works": a retention in COMPLIANCE mode is only ever extended; one in
GOVERNANCE mode is shortened, removed or changed only with the bypass; a legal hold has no date and no bypass.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Lock:
    """The protection of one object version. ``until`` is aware, in UTC."""

    mode: str | None = None
    until: datetime | None = None
    held: bool = False

    def retained(self, now: datetime) -> bool:
        """Tell whether a retention period is running."""
        return self.mode is not None and self.until is not None and self.until > now

    def forbids_deletion(self, now: datetime, *, bypass: bool) -> bool:
        """Tell whether the version must stay, whoever asks."""
        return self.held or (self.retained(now) and not (bypass and self.mode == "GOVERNANCE"))

    def forbids_retention(self, mode: str | None, until: datetime | None, now: datetime, *, bypass: bool) -> bool:
        """Tell whether this retention must not be replaced by the given one."""
        if not self.retained(now) or (bypass and self.mode == "GOVERNANCE"):
            return False
        shorter = until is None or self.until is None or until < self.until
        return shorter or mode != self.mode


def read_until(text: str | None) -> datetime | None:
    """Read a RetainUntilDate as AWS clients write it."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def refusal(mode: str | None, until: datetime | None, now: datetime) -> str | None:
    """Return why S3 refuses this retention as InvalidArgument, or ``None``."""
    if (mode is None) != (until is None):
        return "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"
    if mode not in {None, "GOVERNANCE", "COMPLIANCE"}:
        return "Unknown wormMode directive."
    if until is not None and until <= now:
        return "The retain until date must be in the future!"
    return None
