"""The changelog has versions, and each says what an upgrade to it needs."""

from __future__ import annotations

import re
import tomllib

from flowlint import __version__ as lint
from infra.config import ROOT

TEXT = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
HEADING = re.compile(r"^## (?:(?P<number>\d+\.\d+\.\d+) \(\d{1,2} [A-Z][a-z]+ \d{4}\)|Unreleased)$")


def _parts() -> dict[str, str]:
    parts = re.split(r"^(?=## )", TEXT, flags=re.MULTILINE)[1:]
    return {part.splitlines()[0]: part for part in parts}


def test_the_newest_version_is_that_of_the_package_and_every_number_is_lower_than_the_one_before() -> None:
    headings = [HEADING.match(heading) for heading in _parts()]
    assert all(headings)
    numbers = [tuple(map(int, found["number"].split("."))) for found in headings if found and found["number"]]
    assert next(iter(_parts())) == "## Unreleased"
    assert numbers == sorted(set(numbers), reverse=True)
    assert ".".join(map(str, numbers[0])) == VERSION == lint


def test_each_version_but_the_first_says_what_an_upgrade_needs() -> None:
    *newer, _ = _parts().items()
    before = [heading.split()[1] for heading in [*_parts()][1:]]
    for (_, part), last in zip(newer, before, strict=True):
        assert f"### Upgrading from {last}\n" in part
