from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.cloudformation.assembly import BrokenAssembly, read_assembly


def _assembly(folder: Path, artifacts: dict[str, Any]) -> Path:
    for name, artifact in artifacts.items():
        artifact.update(type="aws:cloudformation:stack", properties={"templateFile": f"{name}.json"})
        (folder / f"{name}.json").write_text("{}")
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    return folder


def test_stacks_come_after_the_stacks_they_depend_on(tmp_path: Path) -> None:
    folder = _assembly(tmp_path, {"controls": {"dependencies": ["stores"]}, "stores": {}})
    assert [stack.name for stack in read_assembly(folder)] == ["stores", "controls"]


def test_stacks_that_depend_on_each_other_are_refused(tmp_path: Path) -> None:
    folder = _assembly(tmp_path, {"a": {"dependencies": ["b"]}, "b": {"dependencies": ["a"]}})
    with pytest.raises(BrokenAssembly, match="a -> b -> a"):
        read_assembly(folder)


def test_a_folder_without_a_manifest_is_refused_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(BrokenAssembly, match=r"manifest\.json is missing"):
        read_assembly(tmp_path)
