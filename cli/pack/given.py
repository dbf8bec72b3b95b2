"""What is handed in for a pack: statements of twelve months and one comparison, looked at before they count."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from cli.evidence.statement import NAME, Checked, NoStatement, check
from cli.evidence.verify import once, shown
from steward import limits
from steward.archive import Entry

MONTHS: Final = 12
DRIFT: Final = "drift.json"
"""The comparison's name in the pack."""

_MONTH: Final = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")
_BEFORE: Final = re.compile(rf"statements/({_MONTH.pattern})/{re.escape(NAME)}")


class NotGiven(Exception):
    """What was handed in cannot be used at all; the text says which and why, and is safe to print."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """A month's statement: its files if it is as it was signed, and else what is wrong."""

    period: str
    entries: tuple[Entry, ...] = ()
    sentences: Mapping[str, bool | Literal["not_shown"]] = field(default_factory=dict)
    key: str = ""
    """The fingerprint of the key with which it is signed."""
    problems: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether it is there as it was signed. What it says is another matter."""
        return not self.problems


class _AcceptedUntil(msgspec.Struct, frozen=True):
    until: str
    why: str


class Finding(msgspec.Struct, frozen=True):
    """A difference that was there when the comparison was made."""

    id: str
    name: str
    harm: str
    expected: str
    found: str
    opened_at: str
    accepted: _AcceptedUntil | None


class NotCompared(msgspec.Struct, frozen=True):
    """What could not be compared."""

    id: str
    why: str


class Drift(msgspec.Struct, frozen=True):
    """The answer of ``steward drift --format json``."""

    status: Literal["compared", "postponed"]
    settings: Annotated[int, msgspec.Meta(ge=0)]
    findings: tuple[Finding, ...]
    not_shown: tuple[NotCompared, ...]


def months(folder: Path, *, council: str, environment: str, trusted: frozenset[str]) -> tuple[Month, ...]:
    """Return the last twelve months of a folder with one folder for each, as the evidence store has them.

    The last is the latest that is there. A month that is missing is among them, unless a statement that is as it was
    signed says that it was the first. ``trusted`` are fingerprints of the keys that count. Raises ``NotGiven`` if
    there is no such folder, or no month in it.
    """
    try:
        with os.scandir(folder) as entries:
            there = {one.name for one in entries if _MONTH.fullmatch(one.name) and one.is_dir(follow_symlinks=False)}
    except OSError as error:
        raise NotGiven(f"{shown(str(folder))}: {error.strerror or 'cannot be read'}") from None
    if not there:
        raise NotGiven(f"{shown(str(folder))}: has no folder of a month, such as 2027-02, as the evidence store has")
    found = list[Month]()
    for period in _back_from(max(there)):
        if period not in there:
            found.append(Month(period=period, problems=("there is no statement of this month in the folder",)))
            continue
        one, is_first = _month(folder, period, there, trusted, (council, environment))
        found.append(one)
        if is_first:
            break
    return tuple(reversed(found))


def _back_from(last: str) -> Sequence[str]:
    year, month = int(last[:4]), int(last[5:])
    numbers = [year * 12 + month - 1 - back for back in range(MONTHS)]
    return [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]


def _month(
    folder: Path, period: str, there: set[str], trusted: frozenset[str], whose: tuple[str, str]
) -> tuple[Month, bool]:
    """Return a month, and whether it says, as it was signed, that none came before it."""
    path = folder / period / NAME
    try:
        checked = check(path, None, trusted)
        before = _BEFORE.fullmatch(checked.says.previous.key) if checked.says.previous else None
        if before and before[1] in there:
            checked = check(path, folder / before[1] / NAME, trusted)
        problems = [*checked.problems, *_foreign(checked, period, whose)]
        entries = () if problems else tuple(_entries(path, period, checked))
    except (NoStatement, limits.OverLimit) as problem:
        return Month(period=period, problems=(shown(str(problem)),)), False
    except OSError as error:
        return Month(period=period, problems=(f"{error.strerror or 'cannot be read'}",)), False
    if problems:
        return Month(period=period, problems=tuple(problems)), False
    one = Month(period=period, entries=entries, sentences=checked.says.propositions, key=checked.key)
    return one, checked.says.previous is None


def _foreign(checked: Checked, period: str, whose: tuple[str, str]) -> list[str]:
    says = checked.says
    found = [] if says.period == period else [f"{NAME}: is of {shown(says.period)}, and lies in the folder of {period}"]
    if (says.council, says.environment) != whose:
        found.append(f"{NAME}: is of {shown(says.council)}, {shown(says.environment)}")
    return found


def _entries(path: Path, period: str, checked: Checked) -> list[Entry]:
    names = (NAME, checked.says.statement.name, checked.says.page.name)
    return [
        Entry(name=f"statements/{period}/{name}", content=limits.read(path.with_name(name), limits.PACKED))
        for name in names
    ]


def drift(path: Path) -> tuple[Drift, Entry]:
    """Return a comparison and the file for the pack. Raises ``NotGiven`` if it is none."""
    name = shown(str(path))
    try:
        content = limits.read(path, limits.DRIFT)
        plain = json.loads(content, object_pairs_hook=once)
        limits.check_depth(plain, limits.DRIFT)
        return msgspec.convert(plain, Drift), Entry(name=DRIFT, content=content)
    except OSError as error:
        raise NotGiven(f"{name}: {error.strerror or 'cannot be read'}") from None
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise NotGiven(f"{name}: is no answer of steward drift --format json: {shown(str(error))[:200]}") from None
