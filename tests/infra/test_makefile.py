"""What make hands on to the programs behind its targets."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from infra.config import ROOT

SAY = 'say: ; @printf %s "$$STEWARD_CONFIG"'


def config(given: str, called_from: Path) -> str:
    """Return the council's folder as a target sees it."""
    command = ["make", "-s", "-C", str(ROOT), f"--eval={SAY}", "say", f"CONFIG={given}"]
    # A shell sets PWD to where make is called.
    done = subprocess.run(  # noqa: S603 - ours
        command,
        cwd=called_from,
        env={"PATH": "/usr/bin:/bin", "PWD": str(called_from)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("name", ["ash", "Ash District", "King's Lynn", "a  b", "$HOME"])
def test_a_councils_folder_is_found_whatever_its_name(name: str, tmp_path: Path) -> None:
    """A relative name with a space, or from a folder with one, was looked for in the checkout."""
    called_from = tmp_path / "my councils"
    (called_from / name).mkdir(parents=True)
    written = name.replace("$", "$$")  # as make has it written
    assert config(written, called_from) == str(called_from / name)
    assert config(str(called_from / written), tmp_path) == str(called_from / name)
    assert config("docs", called_from) == str(ROOT / "docs")


def test_a_folder_that_is_not_there_is_handed_on_as_it_was_written(tmp_path: Path) -> None:
    assert config("no such folder", tmp_path) == "no such folder"
