"""Every night: every erasure that two people agreed on, or that waits, is looked at again, each on its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from steward.failures import AwsError, UnreadableRow
from steward.rights.erasure.ports import Erasures, Ledger, Work
from steward.rights.requests import RequestId


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

    def run(self) -> Replayed:
        """Ask for a look at each; one that fails stops no other."""
        done = Replayed()
        # The ledger says what is to stay gone, whatever the register remembers; the register what waits for approval.
        for request in dict.fromkeys([*self.ledger.requests(), *(one.upper() for one in self.erasures.unfinished())]):
            done.requests += 1
            try:
                self.work.replay(RequestId(request))
            except (AwsError, UnreadableRow) as problem:
                done.failed[RequestId(request)] = type(problem).__name__
        return done
