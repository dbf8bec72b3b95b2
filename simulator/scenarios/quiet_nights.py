"""Nights on which a long daily job would find what it found the night before, and is passed over.

The comparison of what is live reads every setting of a deployment, and the register of the night every row; either
takes longer than all else that happens in an ordinary night: a story of two years would take several times as long.
In a replay they run after something happened that they would show, and once in so many nights; the register in the
first night, too, and on the first days of each month, when the statement is made. What was just deployed from the
templates is not compared with them. Whoever invokes them themselves is always answered. A world without a story passes
over nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from simulator.aws.account.start import embedded_aws

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws
    from simulator.aws.lambda_.invocation import Invocation, Outcome

COMPARISON: Final = "compare_configuration"
REGISTER: Final = "write_statement"

EVERY: Final = {COMPARISON: timedelta(days=84), REGISTER: timedelta(days=28)}

FIRST_DAYS: Final = 3
"""Of a month: the statement is made on the first, and made up for on the next."""

_OF_THE_NIGHT: Final = frozenset({COMPARISON, REGISTER, "maintain_holds", "count_contact_records"})
"""These write every night that they ran; whatever else writes did something that the register may show."""

_LOOKS: Final = "place_hold"
_LOOKED: Final = "dynamodb.PutItem"
"""What a nightly look writes that found everything as it was: that it looked."""

_NIGHT_ENDS: Final = 6
"""The hour, in UTC, by which the nightly looks are done."""

_VERBS: Final = ("Put", "Update", "Delete", "Transact", "Batch", "Copy", "Publish")


def _writes(invocation: Invocation, *services: str) -> Counter[str]:
    starts = tuple(f"{service}.{verb}" for service in services for verb in _VERBS)
    return Counter({call: number for call, number in invocation.calls.items() if call.startswith(starts)})


class QuietNights:
    """Passes over scheduled work in which nothing can be new."""

    def __init__(self, world: EmbeddedAws) -> None:
        self._world = world
        self._rows = 0
        self._last = {COMPARISON: (world.clock.now(), world.memory.settings_changed)}
        world.functions.observers.append(self._seen)

    def passes_over(self, function: str, payload: object) -> bool:
        """Whether an asynchronous invocation with that payload is left out."""
        del payload
        if function not in EVERY:
            return False
        now, changed = self._world.clock.now(), self._changed(function)
        last = self._last.get(function)
        first_days = function == REGISTER and now.day <= FIRST_DAYS
        if last is not None and last[1] == changed and now - last[0] < EVERY[function] and not first_days:
            return True
        self._last[function] = now, changed
        return False

    def _changed(self, function: str) -> int:
        return self._world.memory.settings_changed if function == COMPARISON else self._rows

    def _seen(self, invocation: Invocation, outcome: Outcome) -> None:
        name = invocation.spec.short_name
        at_night = self._world.clock.now().hour < _NIGHT_ENDS
        looked = name == _LOOKS and at_night and _writes(invocation, "dynamodb", "s3", "sns") == Counter({_LOOKED: 1})
        writes = not looked and name not in _OF_THE_NIGHT and _writes(invocation, "dynamodb")
        # What failed in the night is tried again the next.
        if writes or (outcome.error is not None and name in EVERY):
            self._rows += 1


@contextmanager
def quiet_world(assembly: Path, start: datetime) -> Iterator[EmbeddedAws]:
    """Deploy the assembly as ``embedded_aws`` does, into a world whose nights are quiet."""
    with embedded_aws(assembly, start) as world:
        world.functions.passes_over = QuietNights(world).passes_over
        yield world
