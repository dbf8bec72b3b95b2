"""A public function that raises says so: its docstring names the exception's class."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = ("layers/steward", "functions", "infra", "deployment", "documentation", "simulator")
"""Not ``cli``, where a command's docstring is its help text."""


def _raised(function: ast.FunctionDef) -> Iterator[str]:
    """Give the classes in the function's own ``raise`` statements; what a helper or a variable makes has none here."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise):
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")
            if name[:1].isupper():
                yield name
        waiting.extend(ast.iter_child_nodes(node))


def _public(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body)
            else:
                yield node


def _silent(source: str) -> list[str]:
    return sorted(
        f"{function.name}: {name}"
        for function in _public(ast.parse(source).body)
        for name in set(_raised(function))
        if name not in (ast.get_docstring(function) or "")
    )


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_function_names_what_it_raises(room: str) -> None:
    silent = {str(path): found for path in Path(room).rglob("*.py") if (found := _silent(path.read_text()))}
    assert silent == {}


def test_a_function_that_does_not_name_what_it_raises_is_found() -> None:
    source = 'def told():\n    """Raise KeyError."""\n    raise KeyError\ndef silent():\n    raise ValueError("no")\n'
    assert _silent(source) == ["silent: ValueError"]
