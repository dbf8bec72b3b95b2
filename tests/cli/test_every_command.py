"""What is true of every command: how it is listed, and that output with nowhere to go is one line and status 2."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import click
import pytest

from cli.main import run, steward
from flowlint.command import main as flowlint

NO_SPACE = "steward: the output: No space left on device\n"
NOBODY = {"steward: the output: nobody reads it any more\n", "steward: the output: Broken pipe\n"}
FLOW = "tests/flowlint/cases/card-by-lex.json"
PRINTING = (
    ["--version"],
    ["schema", "policy"],
    ["schema", "environments"],
    ["schema", "notice"],
    ["check-policy", "policies/barnet.toml"],
    ["check-policy", "policies/barnet.toml", "--format", "json"],
    *(["lint-flow", "--strict", "--format", form, FLOW] for form in ("text", "json", "sarif", "junit", "github")),
    ["lint-flow", "--graph", FLOW],
    ["lint-flow", "--explain", "C301"],
    ["doctor", "--policy"],
)
"""Commands that print without an account, beside the help of each."""


def commands(
    command: click.Command = steward, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command and group, with the words that lead to it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from commands(inner, (*path, name))


EVERY = dict(commands())
HELPS = [[*path, "--help"] for path in EVERY]
GROUPS = [path for path, command in EVERY.items() if isinstance(command, click.Group)]


@contextmanager
def full() -> Iterator[TextIO]:
    with Path("/dev/full").open("w", encoding="utf-8") as device:
        yield device


@contextmanager
def unread() -> Iterator[TextIO]:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as pipe:
        yield pipe


@pytest.mark.parametrize("arguments", [*HELPS, *PRINTING], ids=" ".join)
def test_output_with_nowhere_to_go_is_one_line(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for opened, said in ((full, {NO_SPACE}), (unread, NOBODY)):
        with opened() as stream, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            patch.setattr(sys, "stderr", sys.stderr)
            assert run(arguments) == 2
        assert capsys.readouterr().err in said


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_the_flow_lint_by_itself_says_so_too(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for opened, said in ((full, {NO_SPACE}), (unread, NOBODY)):
        with opened() as stream, monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            patch.setattr(sys, "stderr", sys.stderr)
            assert flowlint(["--format", form, FLOW]) == 2
        assert capsys.readouterr().err.replace("flowlint: ", "steward: ") in said


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_a_command_says_in_one_short_sentence_what_it_does(path: tuple[str, ...]) -> None:
    command = EVERY[path]
    sentence = click.Command(None, help=command.help).get_short_help_str(1000)
    assert re.match(r"[A-Z]", sentence)
    assert len(sentence) <= 110
    for option in command.params:
        said = getattr(option, "help", None)
        assert said is None or re.fullmatch(r"[A-Z].*\.", said), option.name


@pytest.mark.parametrize("path", GROUPS, ids=" ".join)
def test_a_list_of_commands_cuts_no_sentence_short(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*path, "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    group = EVERY[path]
    assert isinstance(group, click.Group)
    for name, command in group.commands.items():
        assert f"{name} {command.get_short_help_str(1000)}" in said


def test_the_exit_status_is_explained_where_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Exit status: 0 fine, 1 findings or refused, 2 what cannot be carried out, 130 interrupted." in said
