"""Whatever goes wrong is a line that begins with `steward:`, in every program of the repository."""

from __future__ import annotations

import errno
import os
import re
import runpy
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.config import ROOT
from infra.ending import alone, complain, program, under_way

MAIN = 'if __name__ == "__main__":\n'
PROGRAMS = (
    ["app.py", "-c", "environment=nowhere"],
    ["-m", "infra.checks", "nowhere"],
    ["-m", "infra.checks.adoption", "nowhere"],
    ["-m", "deployment", "environment", "nowhere"],
    ["-m", "deployment", "compare", "nowhere"],
    ["-m", "deployment", "nothing"],
    ["app.py", "nothing"],
    ["requirements/install.py"],
    ["requirements/install.py", "nothing"],
    ["-m", "bench", "--nothing"],
)


def test_each_reason_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    complain("policy.toml: months:  is\ttoo short\n\nstacks: are two")
    assert capsys.readouterr().err == "steward: policy.toml: months: is too short\nsteward: stacks: are two\n"


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 2, "the output: No space left on device"),
        (FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "a.toml"), 2, "a.toml: No such file or directory"),
        (KeyboardInterrupt(), 130, "interrupted: everything that was started is stopped"),
    ],
)
def test_what_ends_a_program_early_is_one_line(
    error: BaseException, status: int, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.ending.drop_output", lambda: None)

    def main(_: Sequence[str]) -> int:
        raise error

    assert program(main, []) == status
    # As what synthesis started does when it is stopped.
    sys.stderr.write("Error: read ECONNRESET\n")
    assert capsys.readouterr().err == f"steward: {line}\n"


def start(path: str, module: str) -> None:
    """Do what the interpreter does, here, where what a program imports is there already."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r".* found in sys\.modules")
        if module:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(path, run_name="__main__")


@pytest.mark.parametrize("arguments", PROGRAMS, ids=" ".join)
def test_a_program_that_is_asked_for_what_is_not_there_says_so_in_one_style(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.stderr", sys.stderr)  # some end with another
    module = arguments[1] if arguments[0] == "-m" else ""
    monkeypatch.setattr("sys.argv", arguments[1 if module else 0 :])
    with pytest.raises(SystemExit) as ended:
        start(arguments[0], module)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("steward: ")


@pytest.mark.prove
@pytest.mark.parametrize("arguments", PROGRAMS, ids=" ".join)
def test_a_program_that_is_started_by_itself_says_so_in_one_style(arguments: list[str]) -> None:
    done = _run(arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("steward: ")


def test_a_program_that_takes_no_arguments_refuses_them_and_says_what_it_is_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[str] = []
    for given, status in ((["--help"], 0), (["-h"], 0), (["nothing"], 2), (["--help", "nothing"], 2), ([], 0)):
        monkeypatch.setattr("sys.argv", ["pages", *given])
        assert alone(lambda: done.append("run"), "Writes pages.\n") == status
        said = capsys.readouterr()
        assert said.out == ("Writes pages.\n" if given and not status else "")
        assert said.err.count("\n") == (1 if status else 0)
    assert done == ["run"]


def test_what_takes_a_while_is_said_to_whoever_watches_and_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    under_way("local: the templates are made")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    under_way("local: the templates are made")
    assert capsys.readouterr() == ("", "local: the templates are made ...\n")


def test_every_program_that_people_start_ends_like_this() -> None:
    """One whose `main` is called by itself ends with a traceback where the disk is full."""
    rooms = ("deployment", "documentation", "infra", "simulator")
    files = [
        ROOT / "app.py",
        ROOT / "bench" / "__main__.py",
        *(one for room in rooms for one in (ROOT / room).rglob("*.py")),
    ]
    ends = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").partition(MAIN)[2] for path in files}
    programs = {name: end for name, end in ends.items() if end}
    assert {"app.py", "documentation/events.py", "infra/layers.py", "simulator/demo/__main__.py"} <= programs.keys()
    assert [name for name, end in programs.items() if not re.search(r"sys\.exit\((program|alone)\(", end)] == []


def test_a_full_disk_is_one_line() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this machine has no /dev/full")
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = subprocess.run(
            [sys.executable, "-m", "infra.checks.adoption"],
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == "steward: the output: No space left on device\n"


STEWARD = ["-c", "from cli.main import main; main()"]


def test_a_profile_that_is_not_configured_is_one_line_where_an_account_is_needed() -> None:
    """It is found while modules are loaded."""
    done = _run([*STEWARD, "redrive", "hold-requests"], AWS_PROFILE="nosuch")
    assert done.stderr == (
        "steward: the AWS credentials cannot be used: The config profile (nosuch) could not be found\n"
    )


@pytest.mark.prove
def test_a_profile_that_is_not_configured_is_nothing_where_no_account_is_needed(tmp_path: Path) -> None:
    """This is found while modules are loaded, too: moto makes a session as it is imported."""
    done = _run([*STEWARD, "simulate", "none.jsonl", "--out", str(tmp_path)], AWS_PROFILE="nosuch")
    assert done.stderr == "steward: none.jsonl: cannot be read: No such file or directory\n"


def _run(arguments: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT}/layers/steward/python", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
