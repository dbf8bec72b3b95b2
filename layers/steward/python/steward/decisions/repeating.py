"""Orders that were lost: what was approved and is not carried out yet is ordered again every night.

``decide`` adds the row of an approval before it gives the order. Where it dies in between, or the order does, nobody
would ever carry out what two people agreed on. An order may be given twice: whoever takes it asks the book, and the
register, what is still to be done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from steward.clock import Clock
from steward.decisions.deciding import Orders
from steward.decisions.subjects import Subject
from steward.failures import AwsError, UnreadableRow

LOOKS_BACK: Final = timedelta(days=60)
"""So old is the oldest approval that is ordered again; an alarm of its dead letters was raised long before."""


class Approvals(Protocol):
    """What was approved. Raises ``steward.failures``."""

    def approved_since(self, subject: Subject, since: datetime) -> Iterable[str]:
        """Return the ids of which something was approved since then, each once."""


@dataclass
class Repeated:
    """What a run came to, in ids; what stood in the way by ``subject id``."""

    seen: int = 0
    ordered: int = 0
    failed: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Repeating:
    """One run a night. ``unfinished`` tells, by subject, whether something that was approved is still to be done."""

    clock: Clock
    approvals: Approvals
    unfinished: Mapping[Subject, Callable[[str], bool]]
    orders: Orders

    def run(self) -> Repeated:
        """Order again what is not carried out; what goes wrong with one stops no other, and is in the answer."""
        done = Repeated()
        since = self.clock.now() - LOOKS_BACK
        for subject, unfinished in self.unfinished.items():
            try:
                identifiers = tuple(self.approvals.approved_since(subject, since))
            except (AwsError, UnreadableRow) as problem:
                done.failed[subject] = str(problem)
                continue
            for one in identifiers:
                done.seen += 1
                try:
                    if unfinished(one):
                        self.orders.carry_out(subject, one)
                        done.ordered += 1
                except (AwsError, UnreadableRow) as problem:
                    done.failed[f"{subject} {one}"] = str(problem)
        return done
