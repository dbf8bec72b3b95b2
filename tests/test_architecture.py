"""What imports what, where import-linter cannot look: folders that are no packages, and circles."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.conftest import LONGEST

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


def reads_of_a_table(path: Path) -> list[ast.Call]:
    """Return the calls that read rows by the table's own key: GetItem, and Query without an index."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            told = {keyword.arg for keyword in node.keywords}
            gets = isinstance(node.func, ast.Attribute) and node.func.attr == "get_item" and "Key" in told
            # What is given as a mapping may name an index: its module's own tests say which.
            asks = "KeyConditionExpression" in told and not told & {"IndexName", None}
            found += [node] if gets or asks else []
    return found


READERS = [path for path in sorted(Path("layers/steward").rglob("*.py")) if reads_of_a_table(path)]


@pytest.mark.parametrize("path", READERS, ids=lambda path: "/".join(path.parts[-3:]))
def test_what_is_read_by_a_tables_own_key_is_what_was_just_written(path: Path) -> None:
    """Without ConsistentRead DynamoDB may answer with what was there before (developer guide, "Read consistency")."""
    for call in reads_of_a_table(path):
        asked = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert asked.get("ConsistentRead") == "True", f"{path}:{call.lineno}"


def test_there_are_handlers_and_readers_to_look_at() -> None:
    assert READERS
    assert HANDLERS


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports for type checking count too: what needs another's type knows it."""
    graph = grimp.build_graph(*OURS, cache_dir=None)
    TopologicalSorter({module: graph.find_modules_directly_imported_by(module) for module in graph.modules}).prepare()


@pytest.mark.parametrize("place", LONGEST)
def test_what_begins_first_is_there(place: str) -> None:
    assert Path(place).exists()
