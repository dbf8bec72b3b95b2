from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from deployment import command_line
from deployment.command_line import INTEGRITY, VERSION, CommandLine, DeploymentError, install


class Npm:
    """Stands in for npm: it leaves behind what npm would."""

    def __init__(self, home: Path, *, status: int = 0, integrity: str = INTEGRITY) -> None:
        self.home, self.status, self.integrity = home, status, integrity
        self.commands: list[list[str]] = []

    def __call__(self, command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        self.commands.append(command)
        if self.status == 0:
            package = self.home / "node_modules" / "aws-cdk"
            package.mkdir(parents=True)
            (package / "package.json").write_text(json.dumps({"version": VERSION}), encoding="utf-8")
            note = {"packages": {"node_modules/aws-cdk": {"resolved": "somewhere", "integrity": self.integrity}}}
            (self.home / "node_modules" / ".package-lock.json").write_text(json.dumps(note), encoding="utf-8")
        return subprocess.CompletedProcess(command, self.status)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(command_line, "HOME", tmp_path / "cdk")
    return tmp_path / "cdk"


def test_the_command_line_is_installed_once_in_exactly_one_version(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = Npm(home)
    monkeypatch.setattr(subprocess, "run", npm)
    first = install()
    assert install() == first
    assert len(npm.commands) == 1
    assert npm.commands[0][-1] == f"aws-cdk@{VERSION}"


def test_no_lock_file_that_names_a_registry_is_left(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = Npm(home)
    monkeypatch.setattr(subprocess, "run", npm)
    install()
    assert "--no-package-lock" in npm.commands[0]
    assert not [*home.rglob("*lock*")]


def test_another_version_that_lies_there_is_replaced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = home / "node_modules" / "aws-cdk"
    older.mkdir(parents=True)
    (older / "package.json").write_text('{"version": "2.0.0"}', encoding="utf-8")
    monkeypatch.setattr(subprocess, "run", Npm(home))
    install()
    assert json.loads((older / "package.json").read_text(encoding="utf-8"))["version"] == VERSION


def test_a_package_with_another_hash_is_refused_and_not_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", Npm(home, integrity="sha512-other"))
    with pytest.raises(DeploymentError, match=r"^aws-cdk .* is not the pinned package: its hash is sha512-other$"):
        install()
    assert not home.exists()


def test_a_registry_that_cannot_be_reached_is_one_sentence(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", Npm(home, status=1))
    with pytest.raises(DeploymentError, match=r"^npm could not install aws-cdk"):
        install()
    assert not home.exists()


def program(text: str) -> CommandLine:
    return CommandLine((sys.executable, "-c", text), {"PATH": os.environ["PATH"]})


def test_what_the_command_line_says_goes_to_the_log(tmp_path: Path) -> None:
    program("print('deployed')").run(tmp_path / "folder" / "cdk.log", "deploy")
    assert (tmp_path / "folder" / "cdk.log").read_text(encoding="utf-8") == "deployed\n"


def test_a_failure_names_the_log_and_shows_its_own_end_only(tmp_path: Path) -> None:
    log = tmp_path / "cdk.log"
    program("print('of an earlier command')").run(log, "bootstrap")
    with pytest.raises(
        DeploymentError, match=r"^cdk deploy failed \(status 3\); all it said is in .*cdk\.log"
    ) as caught:
        program("print('the stack is broken'); raise SystemExit(3)").run(log, "deploy")
    assert caught.value.__notes__ == ["the stack is broken"]


def ended(pid: int) -> bool:
    """Tell whether a process has ended, giving the kernel time to end one that was killed."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    watch = select.poll()
    watch.register(process, select.POLLIN)
    return bool(watch.poll(10_000))


def test_nothing_that_the_command_line_started_outlives_it(tmp_path: Path) -> None:
    starts_another = (
        "import os, subprocess, sys;"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
        "print(child.pid, flush=True);"
        # Without an interpreter's tidy end, so that the other is left running.
        "os._exit(1)"
    )
    with pytest.raises(DeploymentError) as caught:
        program(starts_another).run(tmp_path / "log", "deploy")
    assert ended(int(caught.value.__notes__[0]))


def test_at_a_terminal_a_failure_is_one_sentence() -> None:
    with pytest.raises(DeploymentError, match=r"^cdk deploy failed \(status 4\)"):
        program("raise SystemExit(4)").talk("deploy")
