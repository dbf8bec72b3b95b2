"""Break the pure domain in many small ways and see whether a test notices: ``make mutants``.

mutmut makes the mutants and runs the tests that reach each of them; a sample of fixed size and seed is judged here, and
the share of killed ones is held against ``floor.toml``, whose figure only rises.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import msgspec

ROOT: Final = Path(__file__).resolve().parents[2]
WORKSHOP: Final = ROOT / "build" / "mutants" / "workshop"
NOTICES: Final = WORKSHOP.parent / "notices"
"""As far above the mutated package as the councils' notices are above the package itself."""
PACKAGE: Final = ROOT / "layers" / "steward" / "python" / "steward"

ROOMS: Final = ("holds", "payments", "messaging", "retention", "decisions")
"""The capabilities whose domain is mutated; adapters and wiring are judged by contract tests and simulations."""

_FIRST: Final = "steward.payments.model.xǁAnswerǁas_map__mutmut_"
"""A few mutants that hardly a test reaches: running them makes all of them, and finds out which test reaches which."""

_COPIED: Final = (
    "tests/steward",
    "tests/functions",
    "tests/support",
    "events",
    "policies",
    "simulator",
    "infra",
    "flowlint",
    "functions",
)
# A mutant is given up as endless after twice the time of its tests and two minutes, by the clock: on a machine that
# others use, a slow start is not to be taken for an endless loop, which would count as noticed.
_CONFIGURATION: Final = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = [{rooms}]
do_not_mutate = ["*/adapters/*", "*/adapters.py", "*/wiring/*", "*/wiring.py", "*/ports.py"]
also_copy = ["conftest.py", "events", "policies", "simulator", "infra", "flowlint", "functions"]
pytest_add_cli_args_test_selection = [{tests}]
pytest_add_cli_args = ["-p", "no:randomly"]
use_git_change_detection = false
track_dependencies = false
timeout_constant = 60.0
timeout_multiplier = 2.0

[tool.pytest.ini_options]
pythonpath = ["."]
addopts = "--import-mode=importlib"
markers = ["prove: a long proof"]
"""

_TESTS: Final = (
    *(f"tests/steward/{room}" for room in ROOMS),
    "tests/functions",
    "-m",
    "not prove",
    *(
        f"--deselect=tests/steward/{name}"
        for name in (
            "payments/test_pause_properties.py::test_nobody_told_paused_is_recorded_in_any_order_of_events",
            "payments/test_late_start_properties.py::test_whatever_starts_during_a_pause_is_silent_by_the_next_look",
            "messaging/test_deliveries.py::test_whatever_order_and_however_often_events_come_the_log_ends_the_same",
        )
    ),
)
"""The tests that judge. The properties left out take seconds, for every mutant that they reach; what they would find
has to be found by a direct test as well."""

_FEW_EXAMPLES: Final = """
from hypothesis import settings

settings.register_profile("mutants", max_examples=10, derandomize=True, deadline=None, database=None)
settings.load_profile("mutants")
"""
"""The same few examples for each mutant: the score depends on no luck."""


@dataclass(frozen=True)
class Floor:
    """What the sample has to reach: ``killed`` is a share of one."""

    killed: float
    sample: int
    seed: int


def prepare() -> None:
    """Lay out the workshop: the package as ``src/steward``, and what its tests need."""
    shutil.rmtree(WORKSHOP, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(PACKAGE, WORKSHOP / "src" / "steward", ignore=ignored)
    for room in _COPIED:
        shutil.copytree(ROOT / room, WORKSHOP / room, ignore=ignored)
    shutil.copytree(ROOT / "notices", NOTICES, dirs_exist_ok=True)
    rooms = ", ".join(f'"src/steward/{room}/*"' for room in ROOMS if (PACKAGE / room).is_dir())
    tests = ", ".join(f'"{argument}"' for argument in _TESTS)
    (WORKSHOP / "pyproject.toml").write_text(_CONFIGURATION.format(rooms=rooms, tests=tests), encoding="utf-8")
    (WORKSHOP / "conftest.py").write_text(_FEW_EXAMPLES, encoding="utf-8")


def mutmut(*arguments: str) -> str:
    """Run mutmut in the workshop and return what it printed. Raises ``CalledProcessError`` if it cannot run."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(  # noqa: S603 - our own interpreter, names that mutmut printed
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=WORKSHOP,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def verdicts() -> dict[str, str]:
    """Return every mutant's name with mutmut's word for what became of it."""
    rows = (line.strip().rpartition(": ") for line in mutmut("results", "--all", "true").splitlines())
    return {name: verdict for name, _, verdict in rows if name}


_UNDECIDED: Final = "not checked"
_KILLED: Final = {"killed", "timeout", "caught by type check"}


def sample(names: list[str], floor: Floor) -> list[str]:
    """Return as many of the names as the floor asks for, the same ones for the same seed and names.

    Each name draws its own lot, so that a change of the code elsewhere exchanges none of the others.
    """
    drawn = sorted(names, key=lambda name: hashlib.sha256(f"{floor.seed} {name}".encode()).digest())
    return sorted(drawn[: floor.sample])


@dataclass(frozen=True)
class Same:
    """A change that changes nothing, and ``why``: mutants whose name begins with ``within`` and whose new line matches.

    ``casing``: only where the old and the new line differ in nothing but the casing of letters.
    """

    within: str
    line: str
    why: str
    casing: bool = False

    def covers(self, name: str, diff: str) -> bool:
        """Return whether the mutant of that name, which ``mutmut show`` shows as that diff, is one of these."""
        old, new = (
            [line[1:].strip() for line in diff.splitlines() if line.startswith(sign) and line[:3] != sign * 3]
            for sign in "-+"
        )
        if not name.startswith(self.within) or not any(re.search(self.line, line) for line in new):
            return False
        return not self.casing or [line.casefold() for line in old] == [line.casefold() for line in new]


def read_same() -> tuple[Same, ...]:
    """Return the changes that are known to change nothing. Raises ``msgspec.ValidationError`` for anything else."""
    stated = msgspec.toml.decode((Path(__file__).parent / "equivalent.toml").read_bytes(), type=dict[str, list[Same]])
    return tuple(stated["same"])


def read_floor() -> Floor:
    """Return the floor. Raises ``msgspec.ValidationError`` for a file that says something else."""
    return msgspec.toml.decode((Path(__file__).parent / "floor.toml").read_bytes(), type=Floor)


@click.command()
@click.option("--sample", "size", type=int, help="How many mutants to try, instead of what floor.toml says.")
@click.option("--seed", type=int, help="Which ones, instead of what floor.toml says.")
@click.option("--only", default="", help="Only mutants whose name begins like this, such as steward.holds.cases.")
def main(size: int | None, seed: int | None, only: str) -> None:
    """Try a sample of mutants; exit 1 if fewer are killed than the floor asks for."""
    stated = read_floor()
    floor = Floor(
        killed=stated.killed,
        sample=stated.sample if size is None else size,
        seed=stated.seed if seed is None else seed,
    )
    prepare()
    mutmut("run", "--max-children", "1", f"{_FIRST}*")
    chosen = sample([name for name in verdicts() if name.startswith(only)], floor)
    mutmut("run", "--max-children", str(os.cpu_count() or 1), *chosen)
    became = {name: verdict for name, verdict in verdicts().items() if name in set(chosen)}
    survivors = sorted(name for name, verdict in became.items() if verdict not in _KILLED)
    known = read_same()
    for name in tuple(survivors):
        diff = mutmut("show", name)
        if any(one.covers(name, diff) for one in known):
            became[name] = "equivalent"
            survivors.remove(name)
        else:
            click.echo(f"{became[name]}: {name}\n{diff}")
    counts = Counter(became.values())
    killed = 1 - len(survivors) / max(1, len(became) - counts["equivalent"])
    counted = ", ".join(f"{number} {verdict}" for verdict, number in counts.most_common())
    click.echo(f"{len(became)} mutants of {len(verdicts())} (seed {floor.seed}): {counted}; {killed:.1%} killed")
    if killed < floor.killed:
        click.echo(f"fewer than the floor of {floor.killed:.1%} in tests/mutants/floor.toml", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
