"""The flow lint's pages are what its rules say."""

from __future__ import annotations

import re
import tomllib

import msgspec
import yaml

from documentation.flow_rules import FOLDER, README, pages, readme
from flowlint.rules.register import RULES
from flowlint.settings import Settings
from infra.config import ROOT

STALE = "stale: run python -m documentation.flow_rules"


def test_the_pages_of_the_rules_are_as_generated() -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert written == pages(), STALE


def test_what_the_readme_shows_is_what_the_lint_says() -> None:
    text = README.read_text(encoding="utf-8")
    assert readme(text) == text, STALE
    assert "[C303 unpaused-payment]" in text
    assert "```mermaid" in text


def test_every_page_is_linked_from_the_index() -> None:
    index = pages()["README.md"]
    for rule in RULES:
        assert f"({rule.code}-{rule.name}.md)" in index


def test_the_configuration_in_the_readme_can_be_used() -> None:

    [text] = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    settings = msgspec.convert(tomllib.loads(text), Settings)
    assert settings.suppress
    assert settings.pause


def test_every_room_of_the_lint_is_part_of_what_is_installed() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    rooms = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "flowlint").rglob("__init__.py")}
    assert {name for name in setuptools["packages"] if name.startswith("flowlint")} == rooms


def test_the_pre_commit_hook_runs_the_command() -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert hook["entry"] == "python -m flowlint"
    assert set(hook["additional_dependencies"]) == {"click", "msgspec", "PyYAML"}
    assert re.search(hook["files"], "contact-flows/inbound.json")
    assert re.search(hook["files"], "flows/payment.yaml")
    assert not re.search(hook["files"], "package.json")
