"""A replay: the deployed templates as a world, the lines of a scenario in it, and what came of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

import msgspec

from infra.refusal import RefusalError
from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.actions import WRAPPED
from simulator.scenarios.determinism import seeded
from simulator.scenarios.errors import ScenarioError
from simulator.scenarios.lines import Line, to_action
from simulator.scenarios.placeholders import substitute
from simulator.scenarios.player import Player
from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.results.collect import collect
from simulator.scenarios.results.observe import Observer
from simulator.scenarios.results.output import Outcome
from simulator.scenarios.results.shapes import State
from simulator.scenarios.results.timeline import Timeline
from steward.policy.load import load_policy
from steward.policy.model import Policy

STEP: Final = timedelta(days=30)
"""So much of a scenario's time passes between two reports of progress."""


class Replay:
    """One scenario in one world, moment by moment."""

    def __init__(self, world: EmbeddedAws, *, file: Path, policy: Policy) -> None:
        self.world = world
        self.timeline = Timeline()
        self._file = file
        self._policy = policy
        self._lines: deque[Line] = deque()
        self._names = _deployed_names(world)
        self._player = Player(world, world.names.buckets, self.timeline)
        self._observer = Observer(world, self.timeline)

    @classmethod
    @contextmanager
    def start(cls, lines: Sequence[Line], *, file: Path, policy: Path, assembly: Path | None = None) -> Iterator[Self]:
        """Deploy what the policy asks for at the moment of the first line.

        ``assembly`` stands in for the synthesized templates. Raises ``ScenarioError`` for a policy that cannot be
        deployed and, before anything has happened, for a line that this deployment cannot play.
        """
        assembly = assembly or synthesized(policy)
        deployed = load_policy(policy)
        with seeded() as begin_anew, quiet_world(assembly, lines[0].at) as world:
            begin_anew()
            replay = cls(world, file=file, policy=deployed)
            replay.go_on_with(lines)
            yield replay

    def go_on_with(self, lines: Sequence[Line]) -> None:
        """Play these lines from now on, in place of those that were left.

        Raises ``ScenarioError`` for one that this deployment cannot play, and then none of them is.
        """
        self._lines = deque([self._bound(line) for line in lines])

    def run_until(self, moment: datetime) -> None:
        """Let time pass until that moment, with every line up to it. Raises ``ScenarioError``."""
        while self._lines and self._lines[0].at <= moment:
            line = self._lines.popleft()
            self.world.run_until(line.at)
            try:
                self._player.play(line.action)
            except ScenarioError as error:
                raise error.located(file=self._file, line=line.number) from error
        self.world.run_until(moment)
        self.world.settle()

    def state(self) -> State:
        """Return how things stand now."""
        return collect(self.world, policy=self._policy, responses=self._player.responses)

    def outcome(self) -> Outcome:
        """Return what happened and how things stand now."""
        return Outcome(timeline=self._observer.rows(), state=self.state())

    def _bound(self, line: Line) -> Line:
        try:
            if line.has_placeholders:
                value = msgspec.to_builtins(line.action)
                argument = value[WRAPPED[line.kind]] if line.kind in WRAPPED else value
                action = to_action(line.kind, substitute(argument, self._names, line.kind))
                line = Line(number=line.number, at=line.at, kind=line.kind, action=action, has_placeholders=False)
            self._player.check(line.action)
        except ScenarioError as error:
            raise error.located(file=self._file, line=line.number) from error
        return line


def replay(
    lines: Sequence[Line],
    *,
    file: Path,
    policy: Path,
    until: datetime | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Outcome:
    """Replay a scenario to its last line, or only until that moment. Raises ``ScenarioError``.

    ``progress`` is told what part of the time is over, from 0 to 1, now and then.
    """
    if until is not None and until < lines[0].at:
        raise ScenarioError(
            f"{until.isoformat()} is before the first line ({lines[0].at.isoformat()})", field="--until"
        )
    with Replay.start(lines, file=file, policy=policy) as running:
        start, end = lines[0].at, lines[-1].at if until is None else until
        now = start
        while now < end:
            now = min(now + STEP, end)
            running.run_until(now)
            progress((now - start) / (end - start))
        running.run_until(end)
        return running.outcome()


def synthesized(policy: Path) -> Path:
    """Return the templates of a policy. Raises ``ScenarioError`` with the reason why there are none."""
    try:
        return cached_synthesis(policy)
    except RefusalError as error:
        raise ScenarioError(str(error).splitlines()[0], field="--policy") from error


def _deployed_names(world: EmbeddedAws) -> Mapping[str, str]:
    names = world.names
    return {
        **names.buckets,
        "instance_arn": names.instance_arn,
        "instance_id": names.instance_id,
        "account": names.account,
        "region": names.region,
    }
