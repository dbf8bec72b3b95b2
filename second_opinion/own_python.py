"""Virtual environments of the functions' own Python, one for each judge: none may bend what the others need."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from infra.bytecode import VERSION, interpreter
from infra.config import ROOT

HOME: Final = ROOT / "build" / "second-opinion"
LOCKS: Final = ROOT / "requirements"
_UV: Final = Path(sys.executable).with_name("uv")


class NotHereError(Exception):
    """What a judge needs is not to be had on this machine: one sentence."""


def python_with(lock: str) -> Path:
    """Return a Python with the packages of ``requirements/LOCK.txt`` and no others, making it if it is not there.

    Raises NotHereError without that version of Python, or if the packages cannot be installed.
    """
    base = interpreter()
    if base is None:
        raise NotHereError(f"no Python {'.'.join(map(str, VERSION))} was found, so {lock} is left out")
    wanted = LOCKS / f"{lock}.txt"
    folder = HOME / lock
    python = folder / "bin" / "python"
    stamp = folder / ".ready"
    fingerprint = hashlib.sha256(wanted.read_bytes()).hexdigest()
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint):
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        for arguments in (
            ["venv", "-q", "--python", base, str(folder)],
            ["pip", "install", "-q", "--python", str(python), "--require-hashes", "-r", str(wanted)],
        ):
            if subprocess.run([str(_UV), *arguments], check=False).returncode:  # noqa: S603 - our own
                raise NotHereError(f"the packages of requirements/{lock}.txt could not be installed; see above")
        stamp.write_text(fingerprint, encoding="utf-8")
    return python
