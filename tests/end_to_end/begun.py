"""A story that has begun: what its ends share is played once, and each end goes on in a child (``children.py``)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from simulator.scenarios import lines as scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import Line


@contextmanager
def begun(lines: Sequence[Line], file: Path, until: datetime) -> Iterator[Replay]:
    """Play these lines until that moment. Raises ``ScenarioError``."""
    with Replay.start(_read(lines, file), file=file, policy=BARNET) as replay:
        replay.run_until(until)
        yield replay


def rest(lines: Sequence[Line], file: Path, replay: Replay) -> list[scenario.Line]:
    """Return those of the lines whose moment has not yet come."""
    return [line for line in _read(lines, file) if line.at > replay.world.clock.now()]


def _read(lines: Sequence[Line], file: Path) -> list[scenario.Line]:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return list(scenario.read_scenario(file))
