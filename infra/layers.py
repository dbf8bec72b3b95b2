"""Builds the layer of third-party packages for Lambda's Python 3.13 on arm64, without Docker.

``python -m infra.layers`` installs the hash-locked wheels for that platform, removes what Lambda never reads, adds the
bytecode of the functions' Python where this machine has one, and fixes every timestamp and mode, so that the same lock
and the same Python give the same bytes anywhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from infra import botocore_data
from infra.bytecode import compile_folder, interpreter, missing
from infra.config import ROOT
from infra.ending import alone, complain
from infra.refusal import RefusalError

LOCK = ROOT / "layers" / "dependencies" / "requirements.txt"
DEPENDENCIES = ROOT / "build" / "layers" / "dependencies"

PLATFORMS = ("manylinux_2_34_aarch64", "manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64")
"""What the runtime's Amazon Linux 2023 (glibc 2.34) can load."""

SERVICES = {
    "cloudformation",
    "cloudwatch",
    "connect",
    "dynamodb",
    "events",
    "firehose",
    "kinesis",
    "kms",
    "lambda",
    "pinpoint-sms-voice-v2",
    "s3",
    "scheduler",
    "sns",
    "sqs",
    "ssm",
    "sts",
}
"""The services whose definitions stay in botocore; it carries some four hundred, 30 MB of them."""

EPOCH = 315532800
"""1 January 1980, the earliest date that a zip file can carry."""


def build(target: Path = DEPENDENCIES, *, platforms: Sequence[str] = PLATFORMS, python: str | None = None) -> Path:
    """Build the layer folder (``target/python/…``) and return it; raise :class:`RefusalError` if pip cannot.

    ``python`` is the interpreter that makes the bytecode; None: none is made.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".dependencies-", ignore_cleanup_errors=True) as folder:
        packages = Path(folder) / "python"
        _install(packages, platforms)
        _trim(packages)
        if python:
            compile_folder(Path(folder), python)
        _fix_metadata(Path(folder))
        Path(folder).chmod(0o755)
        if target.exists():
            target.rename(f"{folder}-old")
        Path(folder).rename(target)
        shutil.rmtree(f"{folder}-old", ignore_errors=True)
    return target


def require(target: Path = DEPENDENCIES) -> Path:
    """Return the built layer folder; raise :class:`RefusalError` if it was not built."""
    if not (target / "python").is_dir():
        raise RefusalError(f"{target} is missing: run `make setup`, which builds the dependency layer")
    return target


def _install(packages: Path, platforms: Sequence[str]) -> None:
    wanted = [argument for platform in platforms for argument in ("--platform", platform)]
    command = [
        *(
            sys.executable,
            "-m",
            "pip",
            "install",
            "-qq",
            "--disable-pip-version-check",
            "--no-compile",
            "--no-deps",
        ),
        *("--require-hashes", "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.13"),
        *wanted,
        *("--target", str(packages), "--requirement", str(LOCK)),
    ]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - no part of it comes from outside
        raise RefusalError("pip could not install the packages of layers/dependencies/requirements.txt for arm64")


def _trim(packages: Path) -> None:
    """Remove compiled files, scripts, tests and the definitions of services that are never called.

    Package metadata stays, for its licences, without the record of files, which would be wrong.
    """
    shutil.rmtree(packages / "bin", ignore_errors=True)
    for unused in [*packages.rglob("__pycache__"), *packages.glob("*/tests"), *packages.glob("*/test")]:
        shutil.rmtree(unused, ignore_errors=True)
    for metadata in packages.glob("*.dist-info"):
        for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
            (metadata / name).unlink(missing_ok=True)
    botocore_data.trim(packages / "botocore" / "data", SERVICES)
    shutil.rmtree(packages / "boto3" / "examples", ignore_errors=True)
    for service in (packages / "boto3" / "data").iterdir():
        if service.is_dir() and service.name not in SERVICES:
            shutil.rmtree(service)


def _fix_metadata(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), key=lambda path: len(path.parts), reverse=True):
        executable = path.is_dir()
        path.chmod(0o755 if executable else 0o644)
        os.utime(path, (EPOCH, EPOCH))


def main() -> int:
    """Build the layer and say what it is made of, where it is and how large."""
    packages = [line.partition("==")[0] for line in LOCK.read_text(encoding="utf-8").splitlines() if "==" in line]
    sys.stdout.write(f"The layer of third-party packages for Lambda (arm64, Python 3.13): {', '.join(packages)}\n")
    sys.stdout.flush()
    python = interpreter()
    if python is None:
        complain(missing())
    try:
        folder = build(python=python)
    except RefusalError as error:
        complain(error)
        return 2
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    sys.stdout.write(f"{folder.relative_to(ROOT)}: {size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(alone(main, __doc__))
