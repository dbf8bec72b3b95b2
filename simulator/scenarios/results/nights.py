"""What every night brings: one line a month for the runs that found nothing to do, and one for the pages that went."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from simulator.aws.lambda_.invocation import Invocation, Outcome
from simulator.scenarios.results.shapes import Disposal
from simulator.scenarios.results.timeline import Happening
from steward.clock import LONDON

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws

SCHEDULE: Final = "AWS::Scheduler::Schedule"
_ASKING: Final = ("BatchGet", "Describe", "Get", "Head", "List", "Query", "Scan", "Search")
"""How the operations begin that change nothing."""
_PAGES: Final = {"watch_requests": ["s3.PutObject"], "write_statement": ["s3.PutObject"]}
"""The calls by which a run writes its page anew although nothing is new, by function. A statement is signed besides."""
_FOLDER: Final = "register/"
"""Where the pages of the nightly registers lie; each gives way to the next, or is kept for some weeks."""


class Nights:
    """Keeps the runs of scheduled functions that only asked."""

    def __init__(self, world: EmbeddedAws) -> None:
        targets = [one.declaration.properties["Target"] for one in world.resources if one.declaration.type == SCHEDULE]
        self._scheduled = {str(target["Arn"]) for target in targets}
        self._idle: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)

    @staticmethod
    def old_pages(disposals: Iterable[Disposal]) -> tuple[list[Disposal], list[Happening]]:
        """Return the disposals without the pages of registers that S3 let go, and a line for those of each month."""
        others: list[Disposal] = []
        pages: defaultdict[str, list[Disposal]] = defaultdict(list)
        for gone in disposals:
            is_page = gone.key.startswith(_FOLDER) and gone.cause == "lifecycle"
            (pages[_month(gone.at)] if is_page else others).append(gone)
        return others, [_of_pages(month, gone) for month, gone in pages.items()]

    def took(self, at: datetime, invocation: Invocation, outcome: Outcome) -> bool:
        """Keep the run if it was a scheduled one that found nothing to do, and say whether it was."""
        if invocation.spec.arn not in self._scheduled or outcome.error is not None:
            return False
        changing = [call for call in invocation.calls if not call.rpartition(".")[2].startswith(_ASKING)]
        if changing and changing != _PAGES.get(invocation.spec.short_name):
            return False
        self._idle[_month(at)].append((at, invocation.spec.short_name))
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


def _month(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%B %Y}"


def _of_pages(month: str, gone: list[Disposal]) -> Happening:
    counts = Counter(page.store for page in gone)
    each = ", ".join(f"{store} {counts[store]}" for store in sorted(counts))
    pages = f"{len(gone)} old pages" if len(gone) > 1 else "1 old page"
    return Happening(
        at=gone[-1].at,
        kind="deleted",
        text=f"In {month} {pages} of nightly registers went for good (lifecycle: {each}).",
        details={"month": month, "stores": dict(sorted(counts.items())), "cause": "lifecycle"},
    )
