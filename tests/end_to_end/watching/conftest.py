"""Drills: something goes wrong in a deployed world, and what that raises is noted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.services import PLUGINS
from simulator.aws.account.start import embedded_aws
from simulator.aws.cloudwatch import Watching
from simulator.aws.sqs import attach_message_moves

START = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)

STUB = """
import time

def handler(event, context):
    if isinstance(event, dict):
        time.sleep(event.get("takes", 0))
        if event.get("fails"):
            raise RuntimeError("as the drill asks")
"""


@dataclass(frozen=True)
class Drill:
    """A watched world, one thing going wrong after the other."""

    world: EmbeddedAws
    watching: Watching

    def raises(self, act: Callable[[], object], *, within: timedelta = timedelta(minutes=6)) -> set[str]:
        """Return the alarms that were raised from an act to that long after it, once all is calm again."""
        since = self.world.clock.now()
        act()
        self.world.run_until(since + within)
        raised = set(self.watching.raised(since))
        self.world.faults.clear()
        self.world.run_until(self.world.clock.now() + timedelta(minutes=40))
        return raised

    def send(self, queue: str, body: str = "not JSON") -> None:
        """Put a message into the queue with that logical id."""
        self.world.client("sqs").send_message(QueueUrl=self.world.names.queues[queue], MessageBody=body)

    def empty(self, queue: str) -> None:
        """Take everything out of a queue."""
        self.world.client("sqs").purge_queue(QueueUrl=self.world.names.queues[queue])

    def told(self, since: datetime) -> list[str]:
        """Return what the alarms' topic was told."""
        topic = self.world.names.topics["AlarmTopic"].rpartition(":")[2]
        return [one.message for one in self.world.notifications if one.at >= since and one.topic == topic]


@pytest.fixture(scope="module")
def drill(assembly: Path) -> Iterator[Drill]:
    """Return a world as it is deployed, the day after its first night."""
    with embedded_aws(assembly, START, plugins=(*PLUGINS, attach_message_moves)) as world:
        watching = Watching(world)
        world.run_until(START + timedelta(days=1))
        yield Drill(world, watching)


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
