"""The accountability table (UK GDPR Article 5(2)): each promise, what keeps it, and what is opened to see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

import documentation
from documentation.clauses import Control, Notice
from steward.archive import Entry, as_csv
from steward.policy.checking.notices import Clause
from steward.policy.checking.reading import read_toml
from steward.rights.html import page, table, text

NAME: Final = "accountability.html"
CSV: Final = "accountability.csv"
NO_ARTEFACT: Final = "none: somebody has to say where it is seen"
"""Stands where a section of the policy has no artefact of its own."""

NO_CONTROL: Final = "nothing that steward knows: somebody has to say what keeps it"
"""Stands where a council's own promise has no control."""

_COLUMNS: Final = (
    "Promise",
    "What the notice says",
    "State",
    "Kept by",
    "Sections of the policy",
    "Artefacts",
    "Tests",
)


class _Artefacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    of: dict[str, tuple[str, ...]]
    words: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A promise, in what way it is kept, and where that is seen."""

    clause: Clause
    state: str
    control: str
    sections: tuple[str, ...]
    artefacts: tuple[str, ...]
    tests: tuple[str, ...]


def accountability(notice: Notice, controls: Mapping[str, Control], there: Mapping[str, str]) -> Iterator[Entry]:
    """Return the table as a page and as CSV; ``there`` says which artefacts are in the pack, and as what."""
    rows = [_row(notice, controls, clause, there) for clause in notice.clauses]
    yield Entry(name=NAME, content=_page(notice, rows))
    yield Entry(name=CSV, content=as_csv([_COLUMNS, *((*_cells(one), "; ".join(one.tests)) for one in rows)]))


def artefacts_of(section: str) -> tuple[str, ...]:
    """Return the names of what shows that a section of the policy is kept; none where nothing does."""
    of = _artefacts().of
    fitting = [name for name in of if section == name or section.startswith(f"{name}.")]
    return of[max(fitting, key=len)] if fitting else ()


@cache
def _artefacts() -> _Artefacts:
    path = Path(documentation.__file__).with_name("artefacts.toml")
    return msgspec.convert(read_toml(path), _Artefacts)


def _row(notice: Notice, controls: Mapping[str, Control], clause: Clause, there: Mapping[str, str]) -> Row:
    declared, reason = notice.declaration(clause), notice.reason(clause)
    sections = notice.sections.get(clause.id, ())
    names, tests = tuple[str, ...](), tuple[str, ...]()
    if declared is not None:
        state, control, names = "declared", declared, ("wording",)
    elif reason is not None:
        state, control = "not yet enforced", reason
    else:
        found = controls.get(clause.id)
        state, control, tests = "enforced", found.control if found else NO_CONTROL, found.tests if found else ()
        names = tuple(dict.fromkeys(name for section in sections for name in artefacts_of(section)))
    said = tuple(f"{_artefacts().words[name]}{there.get(name, '')}" for name in names)
    return Row(clause=clause, state=state, control=control, sections=sections, artefacts=said, tests=tests)


def _cells(one: Row) -> tuple[str, ...]:
    artefacts = "; ".join(one.artefacts) or NO_ARTEFACT
    return one.clause.id, one.clause.text, one.state, one.control, ", ".join(one.sections) or "none", artefacts


def _page(notice: Notice, rows: list[Row]) -> bytes:
    states = [one.state for one in rows]
    counts = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    body = [
        (
            f"<p>Every promise of the published notice of <strong>{text(notice.policy.council.name)}</strong>, what "
            f"keeps it, and what somebody opens to see that it does: {text(counts)}. Declared means that no software "
            "can keep it: the council says so in its public wording.</p>"
        ),
        table(
            "Promise by promise",
            _COLUMNS,
            [(*_cells(one), f"{len(one.tests)}, named in {CSV}" if one.tests else "none") for one in rows],
        ),
    ]
    return page("Accountability", body, broad=True)
