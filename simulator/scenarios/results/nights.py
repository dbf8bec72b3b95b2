"""Nightly runs that found nothing to do: one line a month says so, instead of a line for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from simulator.aws.lambda_.invocation import Invocation, Outcome
from simulator.scenarios.results.timeline import Happening
from steward.clock import LONDON

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws

SCHEDULE: Final = "AWS::Scheduler::Schedule"
_ASKING: Final = ("BatchGet", "Describe", "Get", "Head", "List", "Query", "Scan")
"""How the operations begin that change nothing."""


class Nights:
    """Keeps the runs of scheduled functions that only asked."""

    def __init__(self, world: EmbeddedAws) -> None:
        targets = [one.declaration.properties["Target"] for one in world.resources if one.declaration.type == SCHEDULE]
        self._scheduled = {str(target["Arn"]) for target in targets}
        self._idle: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)

    def took(self, at: datetime, invocation: Invocation, outcome: Outcome) -> bool:
        """Keep the run if it was a scheduled one that found nothing to do, and say whether it was."""
        if invocation.spec.arn not in self._scheduled or outcome.error is not None:
            return False
        if not all(call.rpartition(".")[2].startswith(_ASKING) for call in invocation.calls):
            return False
        self._idle[f"{at.astimezone(LONDON):%B %Y}"].append((at, invocation.spec.short_name))
        return True

    def rows(self) -> Iterator[Happening]:
        """Yield a line for each month, at its last such run."""
        for month, runs in self._idle.items():
            counts = Counter(function for _, function in runs)
            each = ", ".join(f"{function} {counts[function]}" for function in sorted(counts))
            number = f"{len(runs)} nightly runs" if len(runs) > 1 else "1 nightly run"
            yield Happening(
                at=runs[-1][0],
                kind="idle",
                text=f"In {month} {number} found nothing to do ({each}).",
                details={"month": month, "runs": dict(sorted(counts.items()))},
            )
