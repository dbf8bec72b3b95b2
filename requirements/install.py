"""Sets up the checkout: ``python3 requirements/install.py GROUP`` (or ``layer``), called by make and by nothing else.

Uses the standard library alone, because nothing is installed when it starts. A step that was interrupted is done again
the next time; two calls at once wait for each other.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "build" / ".setup.lock"

OLDEST = (3, 11)
INTERRUPTED = 130

STAMPS = {"run": ".ready", "checks": ".checks", "dev": ".installed", "mutants": ".mutants", "pdf": ".pdf"}
"""The file in the virtual environment by which make knows that a group is installed."""

LAYER = ROOT / "build" / "layers" / "dependencies" / ".ready"

INCLUDES = {
    "run": ("run",),
    "checks": ("run", "checks"),
    "dev": ("run", "checks", "dev"),
    "mutants": ("mutants",),
    "pdf": ("pdf",),
}


_held: list[int] = []
"""The lock's descriptor, while this process has it."""


class SetUpError(Exception):
    """Why the set-up ended: one sentence."""


def main(arguments: list[str]) -> int:
    """Install one group, or build the layer; return 2, with one line, if it cannot be done."""
    known = [*STAMPS, "layer"]
    if len(arguments) != 1 or arguments[0] not in known:
        sys.stderr.write(f"steward: set-up: usage: python3 requirements/install.py ({' | '.join(known)})\n")
        return 2
    [group] = arguments
    if sys.version_info < OLDEST:
        sys.stderr.write(f"steward needs Python 3.11 or later; {sys.executable} is older. Try make PYTHON=python3.13\n")
        return 2
    try:
        with _alone():
            if group == "layer":
                _build_layer()
            elif not _is_done(group):
                _install(group)
    except SetUpError as problem:
        sys.stderr.write(f"steward: set-up: {problem}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nset-up: interrupted; the same command goes on from here\n")
        return INTERRUPTED
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other set-up runs in this checkout.

    The lock goes with the processes, however they end: a child keeps it, too, so that nobody begins anew while what a
    killed set-up had started still writes.
    """
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write("set-up: another one runs in this checkout; waiting for it\n")
            fcntl.flock(lock, fcntl.LOCK_EX)
        _held.append(lock.fileno())
        yield


def _is_done(group: str) -> bool:
    stamp = VENV / STAMPS[group]
    inputs = (_file(group), ROOT / "pyproject.toml")
    return stamp.exists() and all(stamp.stat().st_mtime >= path.stat().st_mtime for path in inputs)


def _file(group: str) -> Path:
    return ROOT / "requirements" / f"{group}.txt"


def _install(group: str) -> None:
    began = time.monotonic()
    lines = _file(group).read_text(encoding="utf-8").splitlines()
    packages = {line.partition("==")[0] for line in lines if "==" in line}
    if not _works():
        _say("1/4", f"a virtual environment in {VENV.name}/")
        _run([sys.executable, "-m", "venv", "--clear", str(VENV)], "no virtual environment could be made")
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    # Who runs the tests starts Python hundreds of times; whoever only wants the demo does so once.
    ahead = ["--compile-bytecode"] if group == "dev" else []
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--python", str(PYTHON)]
    fast = _has_installer()
    if not fast:
        _say("2/4", "the installer, uv (about 20 MB)")
        fast = _succeeds([*pip, "--require-hashes", "-r", str(_file("installer"))])
    _say("3/4", f"{len(packages)} packages of requirements/{group}.txt, each checked against its hash")
    wanted = ["--require-hashes", "-r", str(_file(group))]
    if not (fast and _succeeds([*uv, *ahead, *wanted])):
        # No uv for this machine, or a registry that only pip was told of: slower, and the same packages.
        _say("3/4", "the same with pip, which takes minutes")
        _run([*pip, *wanted], "the packages could not be installed; see above")
    _say("4/4", "steward itself, from this checkout")
    own = ["-q", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    _run([*(uv if fast else pip), *own], "steward could not be installed from this checkout")
    for included in INCLUDES[group]:
        (VENV / STAMPS[included]).touch()
    sys.stdout.write(f"set-up: done in {time.monotonic() - began:.0f} seconds\n")


def _build_layer() -> None:
    makers = [ROOT / "infra" / name for name in ("layers.py", "bytecode.py", "botocore_data.py")]
    inputs = [ROOT / "layers" / "dependencies" / "requirements.txt", *makers]
    if LAYER.exists() and all(LAYER.stat().st_mtime >= path.stat().st_mtime for path in inputs):
        return
    _run([str(PYTHON), "-m", "infra.layers"], "the layer could not be built; see above")
    LAYER.touch()


def _works() -> bool:
    """Whether there is a virtual environment that was made to its end."""
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0  # noqa: S603 - ours


def _has_installer() -> bool:
    """Whether an earlier group was installed by the uv that is wanted now."""
    stamps = [VENV / stamp for stamp in STAMPS.values() if (VENV / stamp).exists()]
    wanted = _file("installer").stat().st_mtime
    return (VENV / "bin" / "uv").exists() and any(stamp.stat().st_mtime >= wanted for stamp in stamps)


def _say(step: str, what: str) -> None:
    sys.stdout.write(f"set-up {step}: {what}\n")
    sys.stdout.flush()


def _succeeds(command: list[str]) -> bool:
    # Copies would double what is on the disk; where links are not possible uv copies and would warn of it.
    variables = {"UV_LINK_MODE": "hardlink" if _same_disk() else "copy", **os.environ}
    if sys.stderr.isatty():
        done = subprocess.run(command, cwd=ROOT, env=variables, pass_fds=_held, check=False)  # noqa: S603 - ours
        return done.returncode == 0
    # Without a terminal there is no bar, and a line for each package would hide the rest.
    with subprocess.Popen(  # noqa: S603 - ours
        command, cwd=ROOT, env=variables, pass_fds=_held, text=True, stderr=subprocess.PIPE
    ) as process:
        for line in process.stderr or ():
            if not line.startswith((" + ", " - ", " ~ ")):
                sys.stderr.write(line)
    return process.returncode == 0


def _same_disk() -> bool:
    cache = Path(
        os.environ.get("UV_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv"
    )
    existing = next(path for path in (cache, *cache.parents) if path.exists())
    return existing.stat().st_dev == ROOT.stat().st_dev


def _run(command: list[str], otherwise: str) -> None:
    if not _succeeds(command):
        raise SetUpError(otherwise)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
