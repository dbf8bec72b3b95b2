"""Run in a process of its own, for its time and memory: ``python -m bench.growing.sizes KIND NUMBER`` prints JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from moto.dynamodb.models import dynamodb_backends

from bench import stories
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws
from simulator.scenarios.results.register import read_register

_MONTHS_25 = timedelta(days=761)
_SPREAD = timedelta(days=28)
_CALL_SECONDS = 0.02
_WINDOW = timedelta(minutes=1)
_TENTH = 10


def lives(number: int) -> dict[str, Any]:
    """Let so many contacts begin within four weeks, each with three objects and a record, and live 25 months."""
    with embedded_aws(stories.assembly(), stories.START) as world:
        began = time.process_time()
        for one in range(number):
            world.run_until(stories.START + _SPREAD * one / number)
            stories.call(world, one)
        world.run_until(stories.START + _MONTHS_25)
        left = sum(len(world.s3.stores_state(bucket)) for bucket in world.names.buckets.values())
        seconds = time.process_time() - began
    return {"seconds": seconds, "memory": _peak_megabytes(), "lines": 9 * number, "left": left}


def night(number: int) -> dict[str, Any]:
    """Let as many holds be due in one night; each call to AWS takes 20 ms of the function's time."""
    with embedded_aws(stories.assembly(), stories.START) as world:
        _copy_hold(world, number)
        world.wire.observers.append(lambda *_: world.functions.sleep(_CALL_SECONDS))
        before = dict(world.calls["maintain_holds"])
        began, runs, longest = time.process_time(), 0, 0.0
        while _due(world) and runs < 5:  # noqa: PLR2004 - it would never end
            outcome = world.run("maintain_holds", {})
            longest, runs = max(longest, outcome.elapsed), runs + 1
        seconds = time.process_time() - began
        now = world.calls["maintain_holds"]
        calls = sum(n - before.get(name, 0) for name, n in now.items() if name != "invocations")
        left = _due(world)
    return {"seconds": seconds, "calls": calls, "runs": runs, "longest": longest, "left": left}


def case(number: int) -> dict[str, Any]:
    """Let one complaint name so many contacts, and count what Connect and the complaints team get of it.

    Each call to AWS takes 20 ms. The complaint states no date, and every tenth contact is unknown to Connect, so that
    there is something to tell of each of these.
    """
    asked: list[datetime] = []
    used = [0.0]
    with embedded_aws(stories.assembly(), stories.START) as world:
        contacts = []
        for one in range(number):
            world.clock.advance(0.001)
            known = one % _TENTH > 0
            contacts.append(stories.call(world, one, artefacts=1) if known else stories.contact_id(one))
        known_ones = number - len(range(0, number, _TENTH))
        world.run_until(world.clock.now() + timedelta(hours=1))
        world.wire.observers.append(
            lambda _, service, *__: asked.append(world.clock.now()) if service == "connect" else None
        )
        world.wire.observers.append(lambda *_: world.functions.sleep(_CALL_SECONDS))
        world.functions.observers.append(lambda run, outcome: used.append(outcome.elapsed / run.spec.timeout))
        began, logged = time.process_time(), world.clock.now()
        stories.complaint(world, "CASE-LARGE", *contacts, dated=False)
        left, calls, hours = known_ones, 0, 0.0
        while (left or not _told(world)) and world.clock.now() < logged + timedelta(hours=20):
            world.run_until(world.clock.now() + timedelta(minutes=30))
            if left:
                # Once all are held the mail still waits for the first looks at all of them, which are no part of it.
                left = known_ones - sum(hold.status == "held" for hold in read_register(world).holds)
                calls = sum(n for name, n in world.calls["place_hold"].items() if name != "invocations")
                hours = (world.clock.now() - logged).total_seconds() / 3600
        return {
            "seconds": time.process_time() - began,
            "left": left,
            "told": _told(world),
            "dead": len(world.dead_letters()),
            "rate": _busiest(asked),
            "used": max(used),
            "hours": hours,
            "told_hours": (world.clock.now() - logged).total_seconds() / 3600,
            "calls": calls,
        }


def _told(world: EmbeddedAws) -> int:
    """Return how many messages the complaints team got."""
    return sum(1 for one in world.notifications if "ComplaintsTopic" in one.topic)


def _busiest(moments: list[datetime]) -> float:
    """Return the requests a second within the busiest minute."""
    recent: deque[datetime] = deque()
    most = 0
    for moment in sorted(moments):
        recent.append(moment)
        while recent[0] <= moment - _WINDOW:
            recent.popleft()
        most = max(most, len(recent))
    return most / _WINDOW.total_seconds()


def _copy_hold(world: EmbeddedAws, number: int) -> None:
    """Place one hold as production does, and copy its rows for other contacts, due now."""
    one = stories.call(world, 0)
    world.run_until(world.clock.now() + timedelta(hours=1))
    stories.complaint(world, "CASE", one)
    world.run_until(world.clock.now() + timedelta(minutes=5))
    name = world.names.tables["RegisterTable"]
    rows = world.client("dynamodb").scan(TableName=name, ConsistentRead=True)["Items"]
    table = _register(world)
    rows = [row for row in rows if row["pk"]["S"] == f"CONTACT#{one}"]
    for other in range(1, number + 1):
        for row in rows:
            text = json.dumps(row).replace(one, stories.contact_id(other))
            copied = json.loads(text)
            if "next_action_at" in copied:
                copied["next_action_at"] = {"S": world.clock.now().isoformat(timespec="microseconds")}
            table.put_item(copied)


def _due(world: EmbeddedAws) -> int:
    """Return how many contacts' next action is due."""
    now = world.clock.now().isoformat(timespec="microseconds")
    moments = (row.attrs.get("next_action_at") for rows in _register(world).items.values() for row in rows.values())
    return sum(1 for moment in moments if moment is not None and moment.value <= now)


def _register(world: EmbeddedAws) -> Any:  # noqa: ANN401 - moto's table
    """Return the register's table itself: ten thousand rows by request take a minute."""
    return dynamodb_backends[world.account][world.region].get_table(world.names.tables["RegisterTable"])


def _peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"lives": lives, "night": night, "case": case}[sys.argv[1]](int(sys.argv[2]))) + "\n")
