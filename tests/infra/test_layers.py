from __future__ import annotations

import hashlib
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from infra import bytecode, layers
from infra.refusal import RefusalError

if TYPE_CHECKING:
    from pathlib import Path

UNZIPPED_LIMIT = 250_000_000
"""Bytes of a function and all its layers (Lambda quotas)."""


def digest(folder: Path) -> str:
    """Hash names, bytes, modes and times of everything in a folder."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        status = path.stat()
        total.update(f"{path.relative_to(folder)} {status.st_mode} {int(status.st_mtime)}".encode())
        if path.is_file():
            total.update(path.read_bytes())
    return total.hexdigest()


def test_every_package_is_locked_by_hash_and_from_no_named_registry() -> None:
    lock = layers.LOCK.read_text(encoding="utf-8")
    packages = re.findall(r"^[a-z0-9-]+==[^ ]+ \\\n    --hash=sha256:", lock, flags=re.MULTILINE)
    assert len(packages) == len(re.findall(r"^[a-z0-9-]+==", lock, flags=re.MULTILINE))
    assert "://" not in lock


def test_compiled_modules_are_for_the_runtimes_processor_and_python() -> None:
    modules = [*layers.DEPENDENCIES.rglob("*.so")]
    assert modules, "msgspec is compiled"
    assert all(path.name.endswith("cpython-313-aarch64-linux-gnu.so") for path in modules)


def test_every_service_that_functions_call_is_described_and_few_others() -> None:
    data = layers.DEPENDENCIES / "python" / "botocore" / "data"
    assert {path.name for path in data.iterdir() if path.is_dir()} == layers.SERVICES


def test_the_layer_holds_no_tests_or_scripts_and_is_small() -> None:
    files = [path for path in layers.DEPENDENCIES.rglob("*") if path.is_file()]
    assert not [path for path in files if path.name == "RECORD"]
    assert not (layers.DEPENDENCIES / "python" / "bin").exists()
    assert sum(path.stat().st_size for path in files) < UNZIPPED_LIMIT / 10


def test_a_layer_with_bytecode_has_it_for_every_module_and_for_the_functions_python_only() -> None:
    compiled = [*layers.DEPENDENCIES.rglob("*.pyc")]
    if not compiled:
        pytest.skip("built without a Python of the functions")
    sources = list(layers.DEPENDENCIES.rglob("*.py"))
    assert {path.parent.parent / path.name.partition(".")[0] for path in compiled} == {
        path.with_suffix("") for path in sources
    }
    assert {path.name.split(".")[-2] for path in compiled} == {"cpython-313"}
    # PEP 552: a hash in place of a time, and not to be compared with the source.
    assert {int.from_bytes(path.read_bytes()[4:8], "little") for path in compiled} == {0b01}


def test_a_package_that_cannot_be_installed_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1))
    with pytest.raises(RefusalError, match=r"^pip could not install the packages of layers/dependencies"):
        layers.build(tmp_path / "layer")
    assert not (tmp_path / "layer").exists()


@pytest.mark.prove
def test_the_layer_is_the_same_byte_for_byte_wherever_it_is_built(tmp_path: Path) -> None:
    python = bytecode.interpreter() if [*layers.DEPENDENCIES.rglob("*.pyc")] else None
    assert digest(layers.build(tmp_path / "layer", python=python) / "python") == digest(layers.DEPENDENCIES / "python")
