"""The table of what AWS does names only tests, lines of doctor and steps of the first day that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path("docs/facts-of-aws.md")
TESTS = {
    name
    for path in Path("tests").rglob("test_*.py")
    for name in re.findall(r"^ *def (test_\w+)\(", path.read_text(), re.MULTILINE)
}
CHECKS = {
    name
    for path in Path("cli/doctor").rglob("*.py")
    for name in re.findall(r'(?:(?:stop|note|skipped)\(\s*|_CHECK: Final = |_CHECK = )"([a-z ]+)"', path.read_text())
}
STEPS = set(re.findall(r"^(\d+)\. ", Path("docs/first-day.md").read_text(), re.MULTILINE))
ROWS = re.findall(r"^\| (?!fact |-)(.+?) \| (.+?) \|$", PAGE.read_text(), re.MULTILINE)


def named(keeps: str) -> tuple[list[str], list[str], list[str]]:
    """Return the tests, the lines of doctor and the steps that a cell names; refuse any other words."""
    tests, lines, steps = [], [], []
    for one in keeps.split(", "):
        if found := re.fullmatch(r"`(test_\w+)`", one):
            tests.append(found[1])
        elif found := re.fullmatch(r"doctor: ([a-z ]+)", one):
            lines.append(found[1])
        elif found := re.fullmatch(r"first day: (\d+)", one):
            steps.append(found[1])
        else:
            pytest.fail(f"neither a test nor a line of doctor nor a step: {one}")
    return tests, lines, steps


@pytest.mark.parametrize(("fact", "keeps"), ROWS, ids=[fact[:60] for fact, _ in ROWS])
def test_every_fact_is_kept_by_something_that_is_there(fact: str, keeps: str) -> None:
    tests, lines, steps = named(keeps)
    assert fact
    assert [name for name in tests if name not in TESTS] == []
    assert [name for name in lines if name not in CHECKS] == []
    assert [number for number in steps if number not in STEPS] == []


def test_there_are_facts_to_look_at() -> None:
    assert len(ROWS) > 30


def test_the_steps_of_the_first_day_are_numbered_through() -> None:
    assert {str(number) for number in range(1, len(STEPS) + 1)} == STEPS
