"""Break the pure domain in many small ways and see whether a test notices: ``make mutants``.

mutmut's operators make the mutants; a sample of fixed size and seed is tried, and the share of those that a test
notices is held against ``floor.toml``, whose figure only rises. Exit status 0: at the floor or above it; 1: below; 2:
the tests could not be run, or fail as they are.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import click
import pytest

from tests.mutants.choosing import Floor, read_floor, read_same, sample
from tests.mutants.putting import Mutant

_ROOT: Final = Path(__file__).resolve().parents[2]

ROOMS: Final = ("holds", "payments", "messaging", "retention", "decisions")
"""The capabilities whose domain is mutated; adapters and wiring are judged by contract tests and simulations."""

_NOT_ASKED: Final = (
    "payments/test_pause_properties.py::test_nobody_told_paused_is_recorded_in_any_order_of_events",
    "payments/test_late_start_properties.py::test_whatever_starts_during_a_pause_is_silent_by_the_next_look",
    "messaging/test_deliveries.py::test_whatever_order_and_however_often_events_come_the_log_ends_the_same",
)
"""Properties that take seconds, for every mutant that they reach; what they would find has to be found by a direct test
as well."""

_NOTICED: Final = {"killed", "endless"}
_LAST_LINES: Final = 25


class CannotStart(click.ClickException):
    """The mutants could not be tried; says why in a line or with what pytest said."""

    exit_code = 2


def mutants_of(rooms: Sequence[str], only: str, floor: Floor) -> tuple[int, list[Mutant]]:
    """Return how many mutants the rooms have whose names begin like ``only``, and those of the sample, written out."""
    from tests.mutants import making  # noqa: PLC0415 - needs what only `make mutants` installs

    files = making.files(rooms, only)
    with get_context("fork").Pool(os.cpu_count() or 1) as pool:
        named = dict(zip(files, pool.map(making.names, files, chunksize=1), strict=True))
        known = [name for names in named.values() for name in names if name.startswith(only)]
        chosen = frozenset(sample(known, floor))
        holding = [file for file, names in named.items() if not chosen.isdisjoint(names)]
        made = pool.map(partial(making.make, chosen=chosen), holding, chunksize=1)
    return len(known), [mutant for of_a_file in made for mutant in of_a_file]


def judged(mutants: list[Mutant], rooms: Sequence[str]) -> Mapping[str, str]:
    """Return what became of each mutant, and show those that nothing noticed as soon as that is known.

    Raises ``CannotStart`` if the tests cannot be run, or fail as they are.
    """
    from tests.mutants.judging import Judge  # noqa: PLC0415 - needs what only `make mutants` installs

    known, screen, said = read_same(), sys.stdout, io.StringIO()
    same: set[str] = set()

    def heard(mutant: Mutant, verdict: str) -> None:
        if verdict in _NOTICED:
            return
        if any(one.covers(mutant.name, mutant.diff) for one in known):
            same.add(mutant.name)
        else:
            click.echo(f"\n{verdict}: {mutant.name}\n{mutant.diff}", file=screen)
            screen.flush()

    judge = Judge(mutants, at_once=os.cpu_count() or 1, heard=heard)
    with contextlib.redirect_stdout(said):
        ended = pytest.main(
            [
                *(f"tests/steward/{room}" for room in rooms),
                "tests/functions",
                "-m",
                "not prove and not second_opinion",
                *(f"--deselect=tests/steward/{name}" for name in _NOT_ASKED),
                *("-p", "no:cacheprovider", "-p", "no:xdist", "-q"),
            ],
            plugins=[judge],
        )
    if judge.reached.failed:
        raise CannotStart(f"these tests fail as things are: {', '.join(sorted(judge.reached.failed))}")
    if not judge.verdicts:
        last = judge.problem or "\n".join(said.getvalue().splitlines()[-_LAST_LINES:])
        raise CannotStart(f"the tests could not be run (pytest ended with {int(ended)}):\n{last}")
    return {name: "equivalent" if name in same else verdict for name, verdict in judge.verdicts.items()}


def table(verdicts: Mapping[str, str]) -> Iterable[str]:
    """Yield the lines of a table: what became of the mutants of each room."""
    words = sorted(set(verdicts.values()), key=lambda word: (word not in _NOTICED, word))
    rooms: dict[str, Counter[str]] = defaultdict(Counter)
    for name, verdict in verdicts.items():
        rooms[name.split(".")[1]][verdict] += 1
    yield "  ".join([f"{'room':12}", *(f"{word:>10}" for word in words), f"{'noticed':>8}"])
    for room, counts in sorted(rooms.items()):
        yield "  ".join([f"{room:12}", *(f"{counts[word]:>10}" for word in words), f"{share(counts):>8.1%}"])


def share(counts: Counter[str]) -> float:
    """Return the share of the mutants that a test noticed; those that change nothing count neither way."""
    asked = counts.total() - counts["equivalent"]
    return sum(counts[word] for word in _NOTICED) / asked if asked else 1.0


@click.command()
@click.option("--sample", "size", type=int, help="How many mutants to try, instead of what floor.toml says.")
@click.option("--seed", type=int, help="Which ones, instead of what floor.toml says.")
@click.option("--only", default="", help="Only mutants whose name begins like this, such as steward.holds.cases.")
@click.option("--room", "rooms", multiple=True, default=ROOMS, help="Only this capability's domain, and its tests.")
def main(size: int | None, seed: int | None, only: str, rooms: tuple[str, ...]) -> None:
    """Try a sample of mutants; exit 1 if fewer are noticed than the floor asks for, 2 if they cannot be tried."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets come in the same order each time, so that the same tests notice the same mutants.
        again = [sys.executable, "-m", "tests.mutants", *sys.argv[1:]]
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        sys.exit(subprocess.run(again, cwd=_ROOT, env=environment, check=False).returncode)  # noqa: S603 - ourselves
    stated = read_floor()
    floor = Floor(
        killed=stated.killed,
        sample=stated.sample if size is None else size,
        seed=stated.seed if seed is None else seed,
    )
    began = time.monotonic()
    number, mutants = mutants_of(rooms, only, floor)
    if not mutants:
        raise CannotStart(f"no mutant's name begins with {only!r}")
    click.echo(
        f"{len(mutants)} of {number} mutants (seed {floor.seed}), written out in {time.monotonic() - began:.0f} s"
    )
    sys.stdout.flush()
    verdicts = judged(mutants, rooms)
    noticed = share(Counter(verdicts.values()))
    click.echo("\n".join(["", *table(verdicts)]))
    click.echo(f"{noticed:.1%} noticed, in {time.monotonic() - began:.0f} s; the floor is {floor.killed:.1%}")
    if noticed < floor.killed:
        click.echo("fewer than the floor in tests/mutants/floor.toml", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
