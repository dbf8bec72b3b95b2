"""Which part of the system keeps which promise, and which test would fail: ``docs/clauses.md``.

``python -m documentation.clauses`` writes the page from the notices, the policies and ``controls.toml``: into a
council's own folder (``STEWARD_CONFIG``) about its policies, or else into this repository about the five.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from infra.checks.places import explained
from infra.council_folder import council_folder
from infra.ending import alone, complain
from infra.refusal import RefusalError
from steward.policy.checking.coverage import fulfilled_clauses
from steward.policy.checking.notices import Clause, Kind, notice_of
from steward.policy.checking.reading import read_toml
from steward.policy.load import PolicyError, load_policy
from steward.policy.model import Policy

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "clauses.md"
FOLDER = Path("docs")
"""Where the pages stand below a council's own folder, and below this repository."""
COUNCILS = ("barnet", "kensington-and-chelsea", "somerset", "rhondda-cynon-taf", "powys")


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What enforces a clause: in words, in which files, and the tests that fail when it stops."""

    control: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    """Each as ``tests/file.py::test_name``."""


Controls = Mapping[str, Control]
"""By clause, and for other councils' clauses by section of the policy."""


@dataclass(frozen=True)
class Notice:
    """One council's notice and how its policy answers it."""

    policy: Policy
    clauses: tuple[Clause, ...]
    sections: Mapping[str, tuple[str, ...]]
    """The sections of the policy that fulfil each clause."""

    def declaration(self, clause: Clause) -> str | None:
        """Return what the policy declares about the clause."""
        return next((row.text for row in self.policy.declared if row.clause == clause.id), None)

    def reason(self, clause: Clause) -> str | None:
        """Return the reason why the clause is not enforced yet."""
        return next((row.text for row in self.policy.not_yet_enforced if row.clause == clause.id), None)


def read_controls() -> Controls:
    """Return the controls by clause id."""
    return msgspec.convert(read_toml(Path(__file__).parent / "controls.toml"), dict[str, Control])


def with_sections(notices: Iterable[Notice], controls: Controls) -> Controls:
    """Return the controls with one for each clause that has none, from the sections that fulfil it."""
    named = msgspec.convert(read_toml(Path(__file__).parent / "sections.toml"), dict[str, str])
    added: dict[str, Control] = {}
    for notice in notices:
        for clause in notice.clauses:
            keepers = [_keeper(section, named) for section in notice.sections.get(clause.id, ())]
            found = [controls[one] for one in dict.fromkeys(keepers) if one is not None]
            if clause.id not in controls and found:
                added[clause.id] = Control(
                    control="; ".join(one.control for one in found),
                    where=tuple(dict.fromkeys(path for one in found for path in one.where)),
                    tests=tuple(dict.fromkeys(test for one in found for test in one.tests)),
                )
    return {**controls, **added}


def _keeper(section: str, named: Mapping[str, str]) -> str | None:
    fitting = [name for name in named if section == name or section.startswith(f"{name}.")]
    return named[max(fitting, key=len)] if fitting else None


@cache
def read_notices() -> tuple[Notice, ...]:
    """Return the five notices in the order of the page."""
    return tuple(read_council(ROOT / "policies" / f"{council}.toml") for council in COUNCILS)


def problems(notices: tuple[Notice, ...], controls: Controls, root: Path = ROOT) -> list[str]:
    """Return one sentence for every clause without its control or test, and every name that leads nowhere."""
    clauses = {clause.id: (notice, clause) for notice in notices for clause in notice.clauses}
    prefixes = {clause.partition("-")[0] for clause in clauses}
    found = [
        f"{clause} has a control but is in no notice"
        for clause in controls
        if clause not in clauses and clause.partition("-")[0] in prefixes
    ]
    for notice, clause in clauses.values():
        control = controls.get(clause.id)
        if clause.kind is Kind.DECLARE or notice.reason(clause) is not None:
            if control is not None:
                found.append(f"{clause.id} has a control, but its policy does not say that it is fulfilled")
        elif control is None:
            found.append(f"{clause.id} is fulfilled by {', '.join(notice.sections[clause.id])} but has no control")
        else:
            found.extend(_dead_ends(clause, control, root))
    return found


def render(notices: tuple[Notice, ...], controls: Controls) -> str:
    """Return the page."""
    published = len(notices) == len(COUNCILS)
    introduction = _OF_THE_FIVE if published else _OF_ONE
    lines = [line for one in notices for line in _council(one, controls)]
    return "\n".join(["# Clause by clause", "", introduction + _MEANING, *lines])


_OF_THE_FIVE = """Every promise of the five published notices, what keeps it, and the test that fails when it is not.
Generated from `policies/` and `documentation/controls.toml` by `python -m documentation.clauses`; a test
fails when this page is stale, when a promise has no control or no test, or when a test named here does not exist.
"""
_OF_ONE = """Every promise of the published notice, what keeps it, and the test of steward that fails when it is not.
Generated from the policy and the notice by `make pages`; files and tests are those of steward's own repository.
"""
_MEANING = """
*Enforced*: the deployed system does it. *Declared*: no software can; the policy states it and the public wording
carries it. *Not yet*: the system could and does not; the reason is given.
"""


def read_council(path: Path) -> Notice:
    """Return the notice that a policy file answers to, and how. Raises ``PolicyError`` if it is not valid."""
    policy, raw = load_policy(path), read_toml(path)
    places = fulfilled_clauses(raw)
    notice = notice_of(path, raw)
    sections = {clause: tuple(where.removesuffix(".clauses") for where in found) for clause, found in places.items()}
    return Notice(policy, notice.clauses if notice else (), sections)


def _council(notice: Notice, controls: Controls) -> Iterator[str]:
    yield from (f"## {notice.policy.council.name}", "")
    for clause in notice.clauses:
        yield f"**{clause.id}** {clause.text}"
        yield ""
        yield from _answer(notice, clause, controls)
        yield ""


def _answer(notice: Notice, clause: Clause, controls: Controls) -> Iterator[str]:
    declaration, reason = notice.declaration(clause), notice.reason(clause)
    if declaration is not None:
        yield f"- Declared: {declaration}"
    elif reason is not None:
        yield f"- Not yet: {reason}"
    else:
        control = controls[clause.id]
        sections = ", ".join(f"`{section}`" for section in notice.sections[clause.id])
        yield f"- Enforced by {control.control} (policy: {sections})"
        yield f"- Where: {', '.join(f'`{path}`' for path in control.where)}"
        yield from (f"- Test: `{test}`" for test in control.tests)


def _dead_ends(clause: Clause, control: Control, root: Path) -> Iterator[str]:
    yield from (
        f"{clause.id} names {path}, which does not exist" for path in control.where if not (root / path).exists()
    )
    if not control.tests:
        yield f"{clause.id} has no test"
    for test in control.tests:
        file, _, name = test.partition("::")
        if name not in _tests_in(root / file):
            yield f"{clause.id} names the test {test}, which does not exist"


@cache
def _tests_in(path: Path) -> frozenset[str]:
    return frozenset(_tests(ast.parse(path.read_text(encoding="utf-8")).body)) if path.is_file() else frozenset()


def _tests(body: Iterable[ast.stmt], within: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body, f"{node.name}::")
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{within}{node.name}"


def policies() -> tuple[Path, ...]:
    """Return the policy files that pages are written of: those of a council's own environments, or else the five.

    Raises ``RefusalError`` if the council's folder or its file cannot be read.
    """
    folder = council_folder()
    if not folder.is_own:
        return tuple(ROOT / "policies" / f"{council}.toml" for council in COUNCILS)
    entries = folder.environments().values()
    return tuple(dict.fromkeys(folder.path / entry["policy"] for entry in entries if "policy" in entry))


def main() -> int:
    """Write the page; print what is missing and return 1 if anything is, 2 if a file cannot be used."""
    try:
        notices = tuple(read_council(path) for path in policies())
        page = council_folder().path / FOLDER / PAGE.name
    except (PolicyError, RefusalError) as problem:
        complain(explained(problem) if isinstance(problem, PolicyError) else problem)
        return 2
    controls = with_sections(notices, read_controls())
    found = problems(notices, controls)
    for one in found:
        complain(one)
    if not found:
        page.parent.mkdir(exist_ok=True)
        page.write_text(render(notices, controls), encoding="utf-8")
        sys.stdout.write(f"{page} is written\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(alone(main, __doc__))
