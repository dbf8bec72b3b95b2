"""The targets of the Makefile for a council's own folder, and what the checkout holds before and after them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from infra.config import ROOT


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
