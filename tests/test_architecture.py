"""What imports what, where import-linter cannot look: folders that are no packages, and circles."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

HANDLERS = sorted(Path("functions").glob("*/*.py"))
OURS = ("steward", "infra", "cli", "flowlint", "deployment", "documentation", "simulator")
NOT_DEPLOYED = {name for name in OURS if name != "steward"} | {"bench", "tests"}


def imported(path: Path) -> set[str]:
    """Return the names of every module that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.parent.name)
def test_a_handler_imports_nothing_that_is_not_deployed(path: Path) -> None:
    assert not {name for name in imported(path) if name.split(".")[0] in NOT_DEPLOYED}


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.parent.name)
def test_a_handler_makes_no_client_of_aws_itself(path: Path) -> None:
    assert not {name for name in imported(path) if name.split(".")[0] in {"boto3", "botocore"}}


def test_there_are_handlers_to_look_at() -> None:
    assert HANDLERS


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports for type checking count too: what needs another's type knows it."""
    graph = grimp.build_graph(*OURS, cache_dir=None)
    TopologicalSorter({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}).prepare()
