"""The pages say what is there: links lead somewhere, and the commands they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.main import steward

PAGES = sorted([Path("README.md"), *Path("docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [link for link in LINK.findall(page.read_text()) if not (page.parent / link).exists()]
    assert broken == []


def _code(page: Path) -> str:
    text = page.read_text()
    return "\n".join(re.findall(r"```[^\n]*\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_command_that_a_page_shows_exists(page: Path) -> None:
    shown = set(re.findall(r"^steward ([a-z]+(?:-[a-z]+)*)", _code(page), re.MULTILINE))
    assert shown <= set(steward.commands)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_make_target_that_a_page_shows_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", Path("Makefile").read_text(), re.MULTILINE))
    shown = set(re.findall(r"^make ([a-z][a-z-]*)", _code(page), re.MULTILINE))
    assert shown <= targets
