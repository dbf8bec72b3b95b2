"""The set-up: what is left to do is done, once, and what goes wrong is one line."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "requirements" / "install.py"


@pytest.fixture
def install(tmp_path: Path) -> ModuleType:
    """The program in a checkout of its own, where nothing is installed."""
    for name in ("requirements/install.py", "pyproject.toml", *(f"requirements/{one}.txt" for one in GROUPS)):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    spec = importlib.util.spec_from_file_location("install", tmp_path / "requirements" / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GROUPS = ("installer", "run", "checks", "dev", "mutants", "pdf")


def pins(group: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==(\S+)", text, re.MULTILINE))


def test_the_demo_needs_no_checker_no_linter_and_no_stubs() -> None:
    assert (
        not {"cdk-nag", "cfn-lint", "mypy", "pytest", "ruff", "vulture", "hypothesis", "import-linter"}
        & pins("run").keys()
    )
    assert not [name for name in pins("run") if "stubs" in name or name.startswith("types-")]


def test_each_group_has_the_same_versions_as_the_whole() -> None:
    whole = {name.partition("[")[0]: version for name, version in pins("dev").items()}
    for group in ("run", "checks"):
        found = {name.partition("[")[0]: version for name, version in pins(group).items()}
        assert found.items() <= whole.items()
        assert len(found) > 30


def test_every_package_is_pinned_by_a_hash_and_no_file_names_a_registry() -> None:
    for group in GROUPS:
        text = (ROOT / "requirements" / f"{group}.txt").read_text(encoding="utf-8")
        assert "--hash=sha256:" in text
        assert "://" not in text
        assert "index-url" not in text


def test_the_steps_are_said_and_what_is_done_is_not_done_again(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []

    def succeed(command: list[str]) -> bool:
        commands.append(command)
        install.VENV.mkdir(exist_ok=True)
        return True

    monkeypatch.setattr(install, "_succeeds", succeed)
    assert install.main(["checks"]) == 0
    said = capsys.readouterr().out
    assert [line[:10] for line in said.splitlines()] == [
        "set-up 1/4",
        "set-up 2/4",
        "set-up 3/4",
        "set-up 4/4",
        "set-up: do",
    ]
    assert f"{len(pins('checks'))} packages of requirements/checks.txt, each checked against its hash" in said
    assert len(commands) == 4
    for group in ("checks", "run"):
        assert install.main([group]) == 0
    assert len(commands) == 4
    os.utime(install.ROOT / "requirements" / "run.txt", (time.time() + 9, time.time() + 9))
    assert install.main(["run"]) == 0
    assert len(commands) > 4


def test_a_further_group_does_not_fetch_the_installer_again_unless_another_one_is_wanted(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each group said that some 20 MB were fetched, which were there."""

    def succeed(_: list[str]) -> bool:
        (install.VENV / "bin").mkdir(parents=True, exist_ok=True)
        (install.VENV / "bin" / "uv").touch()
        return True

    monkeypatch.setattr(install, "_succeeds", succeed)
    assert install.main(["run"]) == 0
    assert "the installer, uv" in capsys.readouterr().out
    assert install.main(["checks"]) == 0
    assert "the installer, uv" not in capsys.readouterr().out
    os.utime(install.ROOT / "requirements" / "installer.txt", (time.time() + 9, time.time() + 9))
    assert install.main(["dev"]) == 0
    assert "the installer, uv" in capsys.readouterr().out


def test_where_uv_finds_no_registry_pip_does_it(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def only_pip(command: list[str]) -> bool:
        install.VENV.mkdir(exist_ok=True)
        asked.append("uv" if command[0].endswith("uv") else "pip")
        return not (command[0].endswith("uv") and "-r" in command)

    monkeypatch.setattr(install, "_succeeds", only_pip)
    assert install.main(["run"]) == 0
    assert "the same with pip, which takes minutes" in capsys.readouterr().out
    assert asked == ["pip", "pip", "uv", "pip", "uv"]


def test_where_there_is_no_uv_pip_does_it_all(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []

    def no_installer(command: list[str]) -> bool:
        install.VENV.mkdir(exist_ok=True)
        asked.append(command)
        return not command[-1].endswith("installer.txt")

    monkeypatch.setattr(install, "_succeeds", no_installer)
    assert install.main(["run"]) == 0
    assert "the same with pip, which takes minutes" in capsys.readouterr().out
    assert not [command for command in asked if command[0].endswith("uv")]


def test_what_cannot_be_installed_is_one_line_and_status_2(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "_succeeds", lambda command: "-m" in command and "venv" in command)
    assert install.main(["run"]) == 2
    assert capsys.readouterr().err == "steward: set-up: the packages could not be installed; see above\n"
    assert not (install.VENV / ".ready").exists()


def test_an_interruption_says_that_the_same_command_goes_on(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: list[str]) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(install, "_succeeds", interrupt)
    assert install.main(["run"]) == 130
    assert capsys.readouterr().err == "\nset-up: interrupted; the same command goes on from here\n"


def test_an_older_python_is_refused_in_one_line(
    install: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "OLDEST", (99, 0))
    assert install.main(["run"]) == 2
    assert capsys.readouterr().err.startswith("steward needs Python 3.11 or later; ")


def test_a_second_call_waits_for_the_first_and_has_nothing_left_to_do(install: ModuleType) -> None:
    install.LOCK.parent.mkdir()
    with install.LOCK.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, str(install.ROOT / "requirements" / "install.py"), "run"],
            text=True,
            stderr=subprocess.PIPE,
        )
        assert second.stderr is not None
        assert second.stderr.readline() == "set-up: another one runs in this checkout; waiting for it\n"
        install.VENV.mkdir()
        stamp = install.VENV / ".ready"
        stamp.touch()
        os.utime(stamp, (time.time() + 9, time.time() + 9))
    assert second.wait(20) == 0
    second.stderr.close()


def test_what_a_killed_set_up_had_started_keeps_the_next_one_waiting(tmp_path: Path) -> None:
    """Otherwise the next one would clear the folder into which an orphan still writes."""
    lock = tmp_path / "lock"
    script = f"""
import importlib.util, pathlib, sys
spec = importlib.util.spec_from_file_location("install", {str(ROOT / "requirements" / "install.py")!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.LOCK = pathlib.Path({str(lock)!r})
with module._alone():
    module._succeeds(["/bin/sh", "-c", "echo $$ >{tmp_path}/child; exec sleep 60"])
"""
    process = subprocess.Popen([sys.executable, "-c", script])  # noqa: S603 - ours
    child = tmp_path / "child"
    while not (child.exists() and child.read_text().strip()):
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()
    with lock.open("a") as mine:
        with pytest.raises(BlockingIOError):
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(int(child.read_text()), signal.SIGKILL)
        fcntl.flock(mine, fcntl.LOCK_EX)
