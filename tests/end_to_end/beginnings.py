"""Stories that begin alike: what two of them share is played once, and each goes on by itself from where they part.

A process waits at that moment. Whoever goes on is a child of it, so that what happens in one story is known to no
other. A story that shares nothing is played as it is, in the process that asks.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import select
import shutil
import socket
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Any, Final, NoReturn

from simulator.aws.iam.permissions import REFUSED
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.output import Outcome
from tests.end_to_end.stories import Line, moment
from tests.support.own_bus import OutgoingEvents

_MOST: Final = 4
"""Processes that wait at a time."""

_THERE: Final = "there"
"""What a process says that has come to its place."""


@dataclass(frozen=True)
class Place:
    """So many lines of a story were played, and it is that moment: everything due by then has happened."""

    policy: Path
    lines: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Story:
    """The lines of a scenario, each as it stands in the file, with their moments, and the moment at which it ends."""

    policy: Path
    lines: tuple[str, ...]
    moments: tuple[datetime, ...]
    until: datetime

    @classmethod
    def of(cls, lines: list[Line], policy: Path, until: str | None) -> Story:
        """Return the story of these lines; it ends with the last unless another moment is given."""
        moments = tuple(moment(line["at"]) for line in lines)
        return cls(policy, tuple(map(json.dumps, lines)), moments, moments[-1] if until is None else moment(until))

    def passes(self, place: Place) -> bool:
        """Whether this story comes to that place."""
        lines = len(place.lines)
        alike = (self.policy, self.lines[:lines]) == (place.policy, place.lines)
        return alike and self.moments[0] <= place.at <= self._goes_on(lines)

    def parting(self, other: Story) -> Place | None:
        """Return the last place to which both come, if they begin at the same moment."""
        if (self.policy, self.moments[0]) != (other.policy, other.moments[0]):
            return None
        pairs = zip(self.lines, other.lines, strict=False)
        shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
        return Place(self.policy, self.lines[:shared], min(self._goes_on(shared), other._goes_on(shared)))

    def _goes_on(self, lines: int) -> datetime:
        """Return the moment at which something happens that is not yet told by so many lines."""
        return min(self.moments[lines], self.until) if lines < len(self.moments) else self.until


@contextmanager
def begun(file: Path, policy: Path) -> Iterator[tuple[Replay, OutgoingEvents]]:
    """Deploy what the policy asks for at the story's first moment, and watch what goes out on the own bus."""
    with Replay.start(read_scenario(file), file=file, policy=policy) as running:
        outgoing = OutgoingEvents()
        running.world.router.observers.append(outgoing)
        yield running, outgoing


def ended(running: Replay, outgoing: OutgoingEvents, until: datetime) -> Outcome:
    """Play to that moment and return what came of it."""
    running.run_until(until)
    assert outgoing.problems == []
    return running.outcome()


class Beginnings:
    """Plays stories, and keeps the processes that wait where two of them parted."""

    def __init__(self) -> None:
        self.shared = 0
        """How many stories went on from where another had come."""
        self._known: list[Story] = []
        self._waiting: dict[Place, Path] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="steward-"))
        self._made = 0
        self._ends, self._alive = os.pipe()

    def play(self, story: Story, file: Path, *, alone: bool = False) -> Outcome:
        """Return what came of a story, whose lines lie in ``file``. Raises whatever playing it raises.

        ``alone``: it shares nothing, because something was changed for it. Neither does one that is played again.
        """
        place = None if alone or story in self._known else self._place(story, file)
        self._known.append(story)
        if place is not None:
            answer = _ask(self._waiting[place], _GoOn(file, len(place.lines), story.until))
            if isinstance(answer, tuple):
                self.shared += 1
                outcome, refused = answer
                REFUSED.extend(refused)
                return outcome  # type: ignore[no-any-return]
        with begun(file, story.policy) as (running, outgoing):
            return ended(running, outgoing, story.until)

    def close(self) -> None:
        """Let nobody wait any more."""
        os.close(self._alive)
        os.close(self._ends)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _place(self, story: Story, file: Path) -> Place | None:
        """Return the furthest place at which a process waits, or can wait, for this story."""
        there = max((place for place in self._waiting if story.passes(place)), key=_far, default=None)
        partings = (story.parting(one) for one in self._known)
        parting = max((place for place in partings if place is not None), key=_far, default=None)
        if parting is None or (there is not None and _far(there) >= _far(parting)):
            return there
        self._made += 1
        address = self._folder / str(self._made)
        if there is None:
            come = _forked(lambda say: _begin(file, parting, _Waiter(address, self._ends, self._alive), say))
        else:
            come = _ask(self._waiting[there], _Wait(file, len(there.lines), parting, address))
        if come != _THERE:
            return there
        while len(self._waiting) >= _MOST:
            _ask(self._waiting.pop(next(iter(self._waiting))), None)
        self._waiting[parting] = address
        return parting


def _far(place: Place) -> tuple[datetime, int]:
    return place.at, len(place.lines)


@dataclass(frozen=True)
class _GoOn:
    """Play the lines of that file after the first so many, and say what came of it."""

    file: Path
    after: int
    until: datetime


@dataclass(frozen=True)
class _Wait:
    """Play the lines of that file after the first so many, up to that place, and wait there at that address."""

    file: Path
    after: int
    place: Place
    address: Path


@dataclass(frozen=True)
class _Waiter:
    """Where a process waits to be asked, and the pipe that ends with whoever might ask."""

    address: Path
    ends: int
    alive: int | None


_Say = Callable[[Any], None]


def _ask(address: Path, question: _GoOn | _Wait | None) -> Any:  # noqa: ANN401 - whatever was said
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(address))
        asking.sendall(pickle.dumps(question))
        asking.shutdown(socket.SHUT_WR)
        said = b"".join(iter(lambda: asking.recv(1 << 20), b""))
    return pickle.loads(said) if said else None  # noqa: S301 - our own child wrote it


def _forked(act: Callable[[_Say], NoReturn]) -> Any:  # noqa: ANN401 - whatever was said
    reading, writing = os.pipe()
    if _fork() == 0:
        os.close(reading)
        act(lambda what: _written(writing, pickle.dumps(what)))
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        said = told.read()
    return pickle.loads(said) if said else None  # noqa: S301 - our own child wrote it


def _written(descriptor: int, what: bytes) -> None:
    with os.fdopen(descriptor, "wb") as out:
        out.write(what)


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Threads of the test runner's have no part in the world.
        return os.fork()


def _begin(file: Path, place: Place, waiter: _Waiter, say: _Say) -> NoReturn:
    if waiter.alive is not None:
        os.close(waiter.alive)
    with suppress(BaseException), begun(file, place.policy) as (running, outgoing):
        running.go_on_with(read_scenario(file)[: len(place.lines)])
        running.run_until(place.at)
        _wait(running, outgoing, waiter, say)
    os._exit(1)


def _wait(running: Replay, outgoing: OutgoingEvents, waiter: _Waiter, say: _Say) -> NoReturn:
    """Wait to be asked; every question is answered by a child."""
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(waiter.address))
        listening.listen()
        say(_THERE)
        while waiter.ends not in select.select([listening.fileno(), waiter.ends], [], [])[0]:
            asked, _ = listening.accept()
            question = pickle.loads(b"".join(iter(lambda: asked.recv(1 << 20), b"")))  # noqa: S301, B023 - our own
            if question is None:
                break
            if _fork() == 0:
                listening.close()
                _go_on(running, outgoing, question, _Waiter(waiter.address, waiter.ends, None), asked)
            asked.close()
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
    os._exit(0)


def _go_on(
    running: Replay, outgoing: OutgoingEvents, question: _GoOn | _Wait, waiter: _Waiter, asked: socket.socket
) -> NoReturn:
    with suppress(BaseException):
        lines = read_scenario(question.file)
        if isinstance(question, _Wait):
            running.go_on_with(lines[question.after : len(question.place.lines)])
            running.run_until(question.place.at)
            _wait(running, outgoing, _Waiter(question.address, waiter.ends, None), lambda what: _told(asked, what))
        running.go_on_with(lines[question.after :])
        _told(asked, (ended(running, outgoing, question.until), list(REFUSED)))
    os._exit(0)


def _told(asked: socket.socket, what: Any) -> None:  # noqa: ANN401 - whatever is to be said
    with asked:
        asked.sendall(pickle.dumps(what))
