"""Every night: every erasure that two people agreed on, or that waits, is looked at again, each on its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct, ValidationError, convert

from steward.failures import AwsError, UnreadableRow
from steward.rights.erasure.ports import Erasures, Ledger, Work
from steward.rights.requests import RequestId


class Scheduled(Struct, frozen=True):
    """What the nightly schedule says: which night it is about.

    A run that failed is tried twice more with the same event (AWS Lambda developer guide, "Error handling for
    asynchronous invocation"), and a schedule may start one twice (EventBridge Scheduler user guide, "at least once").
    """

    scheduled_at: datetime


def scheduled_at(event: object) -> datetime | None:
    """Return for when a run was scheduled; none where its event does not say so: somebody runs it by hand."""
    try:
        moment = convert(event, Scheduled).scheduled_at
    except ValidationError:
        return None
    return moment if moment.tzinfo is not None else None


@dataclass
class Replayed:
    """What a night came to."""

    requests: int = 0
    failed: dict[RequestId, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Replaying:
    """Asks for each look; removes nothing itself. Before a restored table is used, run it by hand (docs/runbook.md)."""

    erasures: Erasures
    ledger: Ledger
    work: Work

    def run(self, event: object, now: datetime) -> Replayed:
        """Ask for a look at each; one that fails stops no other.

        ``event`` is what the schedule says, or anything else of whoever runs it by hand: they always get a look that
        begins after they asked.
        """
        asked_at = scheduled_at(event) or now
        done = Replayed()
        # The ledger says what is to stay gone, whatever the register remembers; the register what waits for approval.
        for request in dict.fromkeys([*self.ledger.requests(), *(one.upper() for one in self.erasures.unfinished())]):
            done.requests += 1
            try:
                self.work.replay(RequestId(request), asked_at=asked_at)
            except (AwsError, UnreadableRow) as problem:
                done.failed[RequestId(request)] = type(problem).__name__
        return done
