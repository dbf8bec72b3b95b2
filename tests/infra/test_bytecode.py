"""Bytecode of the functions' Python: the same for the same source, and named as missing where there is none."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from infra import bytecode, layers

PYTHON = bytecode.interpreter()
needs_python = pytest.mark.skipif(PYTHON is None, reason="this machine has no Python of the functions")

SOURCE = """
STATES = frozenset({"paused", "recording", "ended", "unknown"})


def known(state: str) -> bool:
    return state in {"paused", "recording", "ended", "unknown"}
"""


def tree(folder: Path) -> Path:
    (folder / "python" / "package").mkdir(parents=True)
    for name in ("__init__", "first", "second"):
        (folder / "python" / "package" / f"{name}.py").write_text(SOURCE)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.pyc")}


@needs_python
def test_the_same_source_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    one, other = tree(tmp_path / "one"), tree(tmp_path / "a" / "longer" / "path")
    for folder in (one, other):
        bytecode.compile_folder(folder, str(PYTHON))

    assert len(contents(one)) == 3
    assert contents(one) == contents(other)


@needs_python
def test_a_traceback_names_the_layer_as_lambda_unpacks_it(tmp_path: Path) -> None:
    bytecode.compile_folder(tree(tmp_path), str(PYTHON))

    compiled = contents(tmp_path)["python/package/__pycache__/first.cpython-313.pyc"]
    assert b"/opt/python/package/first.py" in compiled
    assert str(tmp_path).encode() not in compiled


def test_a_python_that_does_not_run_or_is_another_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim, other = tmp_path / "python3.13", tmp_path / "other"
    shim.write_text("#!/bin/sh\nexit 127\n")
    other.write_text("#!/bin/sh\necho 3 12\n")
    for script in (shim, other):
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("STEWARD_FUNCTION_PYTHON", str(other))
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(tmp_path))

    assert bytecode.interpreter() is None


def test_a_build_without_that_python_says_what_it_costs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(layers, "interpreter", lambda: None)
    monkeypatch.setattr(layers, "build", lambda **_: layers.DEPENDENCIES)

    assert layers.main() == 0
    said = capsys.readouterr().err
    assert "no Python 3.13 was found" in said
    assert "more than twice as long" in said
