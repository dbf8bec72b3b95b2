"""Deployed worlds for drills."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.account.start import embedded_aws
from simulator.aws.cloudwatch import Watching
from tests.end_to_end.watching.centre import Centre
from tests.end_to_end.watching.drill import Drill

START = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)

STUB = """
import time

def handler(event, context):
    if isinstance(event, dict):
        time.sleep(event.get("takes", 0))
        if event.get("fails"):
            raise RuntimeError("as the drill asks")
"""


@pytest.fixture(scope="module")
def drill(assembly: Path) -> Iterator[Drill]:
    """Return a world as it is deployed, the day after its first night; its nights go without comparisons."""
    with embedded_aws(assembly, START) as world:
        drilled = Drill(world, Watching(world)).without_comparisons()
        world.run_until(START + timedelta(days=1))
        yield drilled


@pytest.fixture(scope="module")
def stubs(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """Return a world whose functions do what a drill asks, and whose queues nobody works through."""
    folder = tmp_path_factory.mktemp("stubs")
    for entry in assembly.iterdir():
        if entry.suffix != ".json" or entry.name == "manifest.json":
            (folder / entry.name).symlink_to(entry)
            continue
        content = json.loads(entry.read_text())
        if entry.name.endswith(".assets.json"):
            content["files"]["stub"] = {"source": {"path": "asset.stub", "packaging": "zip"}}
        elif entry.name.endswith(".template.json"):
            _with_stubs(content["Resources"])
        (folder / entry.name).write_text(json.dumps(content))
    (folder / "asset.stub").mkdir()
    (folder / "asset.stub" / "handler.py").write_text(STUB)
    with embedded_aws(folder, START) as world:
        watching = Watching(world)
        # The heartbeats stop at once, and their alarms have been raised before the first drill.
        world.run_until(START + timedelta(hours=2))
        yield Drill(world, watching)


def _with_stubs(resources: dict[str, Any]) -> None:
    for resource in resources.values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Code"]["S3Key"] = "stub.zip"
        if resource["Type"] == "AWS::Lambda::EventSourceMapping":
            resource["Properties"]["Enabled"] = False


@pytest.fixture
def centre(drill: Drill) -> Iterator[Centre]:
    yield Centre(drill)
    drill.world.faults.clear()
