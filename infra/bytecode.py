"""Python's bytecode for a layer, so that a function that somebody waits for compiles nothing when it starts.

Lambda cannot write into ``/opt``: without bytecode in the layer every new execution environment compiles each module it
imports, which is more than half of what an import costs. The files are "unchecked hash-based" (PEP 552): they hold no
time, are never compared with their source, and are the same for the same source and the same Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

VERSION = (3, 13)
"""The Python of the functions. Bytecode of any other is passed over when a module is imported."""

AT = "/opt"
"""Where Lambda unpacks layers; what a traceback names."""

COSTS = (
    "no Python {version} was found, so the layer carries no bytecode: all works the same, but each start of a function"
    " compiles what it imports and takes more than twice as long (docs/performance.md)"
)


def missing() -> str:
    """Return the sentence that says what a missing Python costs."""
    return COSTS.format(version=".".join(map(str, VERSION)))


def interpreter() -> str | None:
    """Return a Python of that version: ``STEWARD_FUNCTION_PYTHON``, one on the path, of pyenv or of uv."""
    return next((candidate for candidate in _candidates() if _version(candidate) == VERSION), None)


def _candidates() -> Iterator[str]:
    name = f"python{VERSION[0]}.{VERSION[1]}"
    if named := os.environ.get("STEWARD_FUNCTION_PYTHON"):
        yield named
    if found := shutil.which(name):
        yield found
    for folder in (
        Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local" / "share" / "uv" / "python")),
    ):
        yield from map(str, sorted(folder.glob(f"*/bin/{name}"), reverse=True))


def _version(python: str) -> tuple[int, ...] | None:
    """Return major and minor of an interpreter; None for what does not run, such as a shim without its Python."""
    command = [python, "-I", "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 -- found above
    except (OSError, subprocess.SubprocessError):
        return None
    return tuple(map(int, said.stdout.split()))


def compile_folder(folder: Path, python: str) -> None:
    """Compile every module below ``folder``, which becomes :data:`AT`.

    Raises subprocess.CalledProcessError for one that cannot be.
    """
    command = [
        *(python, "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash"),
        *("-s", str(folder), "-p", AT, str(folder)),
    ]
    # The order of constant sets follows the hashes of their texts.
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    subprocess.run(command, check=True, env=environment, capture_output=True, text=True)  # noqa: S603 -- found above
