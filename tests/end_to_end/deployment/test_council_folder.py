"""A council outside this repository: its folder is made, checked and deployed, and the checkout stays as it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from cli.main import run
from infra.config import ROOT
from tests.support.council_answers import answer

pytestmark = pytest.mark.prove


def make(target: str, council: Path) -> str:
    command = ["make", "-s", "-C", str(ROOT), target, f"CONFIG={council}"]
    done = subprocess.run(command, cwd=council.parent, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stderr
    return done.stdout


def checkout() -> dict[str, bytes]:
    """Return every file that is kept, and the names of those that are neither kept nor ignored."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],  # noqa: S607 - git, from wherever it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return {name: (ROOT / name).read_bytes() for name in names if (ROOT / name).is_file()}


def test_a_sixth_council_is_checked_and_deployed_from_its_own_folder(tmp_path: Path) -> None:
    before = checkout()
    ash = tmp_path / "ash"
    assert run(["init", str(ash), "--council", "Ash District Council"]) == 0
    answer(ash, calls=9, chat=3, complaints=24)
    assert "no finding without a reason (local-steward-controls, local-steward-stores)" in make("check", ash)
    make("synth", ash)
    assert {path.name for path in (ash / "cdk.out").glob("*.template.json")} == {
        "local-steward-controls.template.json",
        "local-steward-stores.template.json",
    }
    said = make("deploy-local", ash)
    assert "let go when the policy says" in said
    assert "a flag on the bus held the recording" in said
    assert "nothing differs from what is deployed" in said
    make("pages", ash)
    wording = (ash / "docs" / "notices" / "ash.md").read_text(encoding="utf-8")
    assert "| 9 months | As published. |" in wording
    assert "We send none." in wording
    clauses = (ash / "docs" / "clauses.md").read_text(encoding="utf-8")
    assert "**ASH-2** Recordings of calls are deleted" in clauses
    assert checkout() == before
