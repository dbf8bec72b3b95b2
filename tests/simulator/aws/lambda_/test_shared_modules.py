"""What functions share of our layer's modules: nothing that keeps something, and nothing of another set of layers."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import grimp
import pytest

from simulator.aws.lambda_ import shared_modules
from simulator.aws.lambda_.environment import ExecutionEnvironment
from simulator.aws.lambda_.invocation import FunctionSpec


def test_what_is_shared_imports_nothing_of_ours_that_is_not() -> None:
    """Otherwise a function would go on with another function's clients, or with a logger of another name."""
    graph = grimp.build_graph("steward", cache_dir=None)
    shared = [name for name in graph.modules if shared_modules.is_shared(name)]

    assert "steward.holds.placing" in shared
    assert not [
        (name, imported)
        for name in shared
        for imported in graph.find_modules_directly_imported_by(name)
        if not shared_modules.is_shared(imported)
    ]


@pytest.mark.parametrize(
    "name", ["steward.observability", "steward.aws.clients", "steward.holds.adapters.rows", "steward.holds.wiring"]
)
def test_what_keeps_something_is_not_shared(name: str) -> None:
    assert not shared_modules.is_shared(name)


HANDLER = """
import steward.domain
import steward.wiring

def handler(event, context):
    steward.wiring.SEEN.append(event)
    return steward.domain, list(steward.wiring.SEEN)
"""
PACKAGE = {"__init__.py": "", "domain.py": "", "wiring.py": "from steward import domain\nSEEN = []\n"}


def called(folder: Path, layer: str, event: str) -> tuple[ModuleType, list[str]]:
    """Call a new function once that has that layer: what it imported, and what its wiring has seen."""
    package = folder / layer / "python" / "steward"
    package.mkdir(parents=True, exist_ok=True)
    for name, text in {
        **{package / name: text for name, text in PACKAGE.items()},
        folder / "handler.py": HANDLER,
    }.items():
        name.write_text(text, encoding="utf-8")
    spec = FunctionSpec(
        name=event,
        short_name=event,
        arn=f"arn:aws:lambda:eu-west-2:111122223333:function:{event}",
        logical_id=event,
        handler="handler.handler",
        code=folder,
        layers=(folder / layer,),
        environment={},
        timeout=3,
        memory=128,
    )
    function = ExecutionEnvironment(spec, account="111122223333", region="eu-west-2")
    with function.entered():
        answer: tuple[ModuleType, list[str]] = function.handler()(event, None)
    return answer


def test_two_functions_share_a_module_of_the_domain_and_nothing_that_their_wiring_keeps(tmp_path: Path) -> None:
    first, seen_first = called(tmp_path, "layer", "a")
    second, seen_second = called(tmp_path, "layer", "b")

    assert second is first
    assert (seen_first, seen_second) == (["a"], ["b"])


def test_a_function_with_another_layer_shares_nothing(tmp_path: Path) -> None:
    first, _ = called(tmp_path, "layer", "a")
    second, _ = called(tmp_path, "changed", "b")

    assert second is not first
