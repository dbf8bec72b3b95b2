"""Which part of the system keeps which promise, and which test would fail: ``docs/clauses.md``.

``python -m documentation.clauses`` writes the page from the notices, the policies and ``controls.toml``.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from steward.policy.checking.coverage import fulfilled_clauses
from steward.policy.checking.notices import Clause, Kind, clauses_of
from steward.policy.load import load_policy
from steward.policy.model import Policy

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "clauses.md"
COUNCILS = ("barnet", "kensington-and-chelsea", "somerset", "rhondda-cynon-taf", "powys")


class Control(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What enforces a clause: in words, in which files, and the tests that fail when it stops."""

    control: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    """Each as ``tests/file.py::test_name``."""


Controls = Mapping[str, Control]


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
    text = (Path(__file__).parent / "controls.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, Control])


@cache
def read_notices() -> tuple[Notice, ...]:
    """Return the five notices in the order of the page."""
    return tuple(_notice(ROOT / "policies" / f"{council}.toml") for council in COUNCILS)


def problems(notices: tuple[Notice, ...], controls: Controls, root: Path = ROOT) -> list[str]:
    """Return one sentence for every clause without its control or test, and every name that leads nowhere."""
    clauses = {clause.id: (notice, clause) for notice in notices for clause in notice.clauses}
    found = [f"{clause} has a control but is in no notice" for clause in controls if clause not in clauses]
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
    return "\n".join(
        ["# Clause by clause", "", _INTRODUCTION, *(line for n in notices for line in _council(n, controls))]
    )


_INTRODUCTION = """Every promise of the five published notices, what keeps it, and the test that fails when it is not.
Generated from `policies/` and `documentation/controls.toml` by `python -m documentation.clauses`; a test
fails when this page is stale, when a promise has no control or no test, or when a test named here does not exist.

*Enforced*: the deployed system does it. *Declared*: no software can; the policy states it and the public wording
carries it. *Not yet*: the system could and does not; the reason is given.
"""


def _notice(path: Path) -> Notice:
    policy = load_policy(path)
    places = fulfilled_clauses(tomllib.loads(path.read_text(encoding="utf-8")))
    sections = {clause: tuple(where.removesuffix(".clauses") for where in found) for clause, found in places.items()}
    return Notice(policy, tuple(clauses_of(policy.council.clause_prefix).values()), sections)


def _council(notice: Notice, controls: Controls) -> Iterator[str]:
    yield from (f"## {notice.policy.council.name}", "")
    for clause in notice.clauses:
        yield f"**{clause.id}** {clause.promise}"
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


def main() -> int:
    """Write the page; print what is missing and return 1 if anything is."""
    notices, controls = read_notices(), read_controls()
    found = problems(notices, controls)
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    if not found:
        PAGE.write_text(render(notices, controls), encoding="utf-8")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
