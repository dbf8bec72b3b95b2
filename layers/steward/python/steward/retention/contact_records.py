"""The disposal of exported contact records, month by month.

Connect sends a contact's record again whenever the contact changes, and every copy lies in the partition of the month
in which the contact began. A partition is due when its whole month is older than the policy keeps, so a record that was
sent late leaves with its contact. Behind it, the bucket's lifecycle rule removes by age whatever this does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Protocol

from steward.clock import london_date
from steward.retention.disposal import DisposalSwitch, Mode, Tally
from steward.retention.months import add_months

BATCH = 1000
"""As many versions as S3 deletes in one request."""


@dataclass(frozen=True, order=True)
class Month:
    """The calendar month (UTC, as Connect writes times) in which contacts began."""

    year: int
    month: int

    def __str__(self) -> str:
        """Return ``YYYY-MM``."""
        return f"{self.year:04}-{self.month:02}"


def last_due(months: int, today: date) -> Month:
    """Return the latest month whose every contact has been kept for ``months`` on that London date."""
    day = add_months(today.replace(day=1), -(months + 1))
    return Month(day.year, day.month)


@dataclass(frozen=True)
class StoredVersion:
    """One version of an object, or one delete marker."""

    key: str
    version_id: str


class Partitions(Protocol):
    """The bucket of contact records, cut by month. Raises steward.failures.AwsError."""

    def months(self, through: Month) -> Iterator[Month]:
        """Return every month up to that one of which anything is left, be it a delete marker."""

    def versions(self, month: Month) -> Iterator[StoredVersion]:
        """Return every version and delete marker of that month."""

    def dispose(self, versions: Sequence[StoredVersion]) -> int:
        """Delete at most ``BATCH`` versions for good and return how many S3 refused; one that is gone is no refusal."""


class Ledger(Protocol):
    """The record of disposals. Raises steward.failures.AwsError."""

    def take(self, wanted: int, limit: int, run: datetime) -> int:
        """Take so many deletions from what the runs of that London date may make together; return how many are left."""

    def open(self, month: Month, run: datetime) -> None:
        """Note that a run is about to dispose of that month."""

    def close(self, month: Month, run: datetime, tally: Tally) -> None:
        """Note what came of it."""


def retire(
    partitions: Partitions, ledger: Ledger, switch: Callable[[], DisposalSwitch], *, months: int, now: datetime
) -> Tally:
    """Dispose of every month that is older than ``months``, oldest first, as far as the switch allows.

    The switch is asked before every batch, so that a run can be stopped, or its limit lowered, while it goes on. A run
    that was cut short is repeated by the next: what is gone is not found again. Raises steward.failures.AwsError, and
    its SwitchUnread where nobody can say whether anything may be deleted.
    """
    total = Tally()
    for month in sorted(partitions.months(last_due(months, london_date(now)))):
        total += _retire_month(month, partitions, ledger, switch, used=total.done + total.failed, now=now)
    return total


def _retire_month(
    month: Month,
    partitions: Partitions,
    ledger: Ledger,
    switch: Callable[[], DisposalSwitch],
    *,
    used: int,
    now: datetime,
) -> Tally:
    tally = Tally()
    versions = partitions.versions(month)
    while batch := list(islice(versions, BATCH)):
        allowed = switch()
        room = max(allowed.limit - used - tally.done - tally.failed, 0) if allowed.mode is Mode.ON else 0
        wanted = min(room, len(batch))
        # Lambda repeats a run that ended in an error: what the first took of the night's limit is taken.
        chosen = batch[: ledger.take(wanted, allowed.limit, now)] if wanted else []
        if chosen and not tally.done + tally.failed:
            ledger.open(month, now)
        failed = partitions.dispose(chosen) if chosen else 0
        tally += Tally(scoped=len(batch), done=len(chosen) - failed, failed=failed, skipped=len(batch) - len(chosen))
    if tally.done + tally.failed:
        ledger.close(month, now, tally)
    return tally
