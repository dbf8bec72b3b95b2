"""Which mutants are tried, how many of them the tests have to notice, and which changes change nothing."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import msgspec


@dataclass(frozen=True)
class Floor:
    """What the sample has to reach: ``killed`` is a share of one."""

    killed: float
    sample: int
    seed: int


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
        """Return whether the mutant of that name and that unified diff is one of these."""
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
