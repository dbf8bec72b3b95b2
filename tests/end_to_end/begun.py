"""A story that has begun: what its ends share is played once, and each end goes on in a child (``children.py``)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Final

from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios import lines as scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import Line

NIGHTLY: Final = frozenset(
    {
        "compare_configuration",
        "compare_profiles",
        "count_contact_records",
        "guard_payments",
        "maintain_holds",
        "repeat_orders",
        "replay_erasures",
        "report_access",
        "retire_applications",
        "retire_contact_records",
        "watch_disclosures",
        "watch_requests",
        "write_statement",
    }
)
"""What a schedule starts every night, under one council's policy or another's."""


@contextmanager
def asleep(world: EmbeddedAws, *, but: frozenset[str] = frozenset()) -> Iterator[None]:
    """Pass over the jobs of the night, but for some: for months of a story in which none of them has anything to do.

    S3, DynamoDB and Connect let their own periods end as ever.
    """
    awake = world.functions.passes_over
    world.functions.passes_over = lambda function, payload: function in NIGHTLY - but or awake(function, payload)
    try:
        yield
    finally:
        world.functions.passes_over = awake


@contextmanager
def begun(lines: Sequence[Line], file: Path, until: datetime, *, sleeping: bool = False) -> Iterator[Replay]:
    """Play these lines until that moment, or sleep until then. Raises ``ScenarioError``."""
    with Replay.start(_read(lines, file), file=file, policy=BARNET) as replay:
        with asleep(replay.world) if sleeping else nullcontext():
            replay.run_until(until)
        yield replay


def rest(lines: Sequence[Line], file: Path, replay: Replay) -> list[scenario.Line]:
    """Return those of the lines whose moment has not yet come."""
    return [line for line in _read(lines, file) if line.at > replay.world.clock.now()]


def _read(lines: Sequence[Line], file: Path) -> list[scenario.Line]:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return list(scenario.read_scenario(file))
