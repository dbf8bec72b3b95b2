"""``timeline.jsonl`` and ``state.json``: written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from simulator.scenarios.errors import ScenarioError
from simulator.scenarios.results.shapes import State
from simulator.scenarios.results.timeline import Happening


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay left behind."""

    timeline: list[Happening]
    state: State

    def summary(self) -> str:
        """Return one line of figures."""
        state = self.state
        objects = sum(len(store.objects) for store in state.stores.values())
        return (
            f"{state.policy}, {state.now:%d %B %Y %H:%M} UTC: {_count(objects, 'object')} stored, "
            f"{_count(len(state.holds), 'hold')}, {_count(len(state.disposals), 'disposal')}, "
            f"{_count(len(state.notifications), 'notification')}, {_count(len(state.dead_letters), 'dead letter')}."
        )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def prepare(folder: Path) -> None:
    """See that the folder can be made, and make nothing yet. Raises ``ScenarioError`` if it cannot."""
    with _explained(folder):
        _see_that_there_is_room(folder)


def _see_that_there_is_room(folder: Path) -> None:
    there = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(there, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def write(folder: Path, outcome: Outcome) -> None:
    """Write both files, each under its name only when it is complete. Raises ``ScenarioError``."""
    lines = b"".join(msgspec.json.encode(happening) + b"\n" for happening in outcome.timeline)
    state = msgspec.json.format(msgspec.json.encode(outcome.state), indent=2) + b"\n"
    with _explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / "timeline.jsonl", lines)
        _replace(folder / "state.json", state)


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ScenarioError(f"cannot be written: {error.strerror or error}", file=folder, field="--out") from error
