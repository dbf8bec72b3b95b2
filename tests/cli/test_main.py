"""Whatever goes wrong on the way is one line that begins with the command's name, and status 2."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import run
from cli.wording import counted

STEWARD = [sys.executable, "-c", "from cli.main import main; main()"]


def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(  # noqa: S603 - ours
            [*STEWARD, "schema", "policy"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (2, "steward: the output: No space left on device\n")


def test_a_reader_that_goes_away_is_one_line() -> None:
    with subprocess.Popen(  # noqa: S603 - ours
        [*STEWARD, "schema", "policy"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complained = process.stderr.read()
    assert process.returncode == 2
    assert complained in {
        "steward: the output: nobody reads it any more\n",
        "steward: the output: Broken pipe\n",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["check-policy", "nowhere.toml"],
        ["schema", "colours"],
        ["--config", "nowhere", "schema", "policy"],
        ["flag", "C-1"],
        ["simulate", "nowhere.jsonl", "--out", "/dev/null/x"],
        ["doctor", "--environment", "nowhere"],
        ["redrive", "holds", "--environment", "nowhere"],
    ],
)
def test_every_complaint_has_the_same_beginning(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("steward: ")
    assert said.err.count("\n") == 1


def test_a_shell_completes_commands_and_says_nothing_else() -> None:
    variables = {"_STEWARD_COMPLETE": "bash_complete", "COMP_WORDS": "steward sche", "COMP_CWORD": "1"}
    done = subprocess.run(STEWARD, capture_output=True, text=True, check=False, env={**os.environ, **variables})  # noqa: S603 - ours
    assert (done.returncode, done.stdout, done.stderr) == (0, "plain,schema\n", "")


def test_nouns_follow_their_numbers() -> None:
    assert [counted(1, "row"), counted(0, "row"), counted(1200, "copy")] == ["1 row", "0 rows", "1,200 copies"]
