"""One bad row, or one failing call, leaves everybody else's night alone: inspections, reminders and disposals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.invocation import Invocation
from simulator.aws.wire.faults import Fault
from simulator.scenarios.lines import Line, read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import call, logged

NIGHT = datetime(2027, 3, 18, 2, 30, tzinfo=UTC)
"""The run in which one hold has ended (C-1), one is to be reminded of (C-2), and all others are to be inspected."""

CONTACTS = [f"{number:08d}-0000-4000-8000-00000000000{number}" for number in range(1, 6)]
RECEIVED = {"C-1": "2025-09-18", "C-2": "2025-09-25", "C-3": "2027-03-01"}
CASES = {"C-1": CONTACTS[:2], "C-2": CONTACTS[2:3], "C-3": CONTACTS[3:]}

Disturb = Callable[[EmbeddedAws], None]


@dataclass
class Night:
    """What a night left: per contact its holds and its last inspection; what was told, and what is gone."""

    holds: dict[str, Any] = field(default_factory=dict)
    inspected: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    calls: int = 0

    def without(self, victim: str) -> tuple[object, ...]:
        """Everything that concerns the others."""
        return (
            {one: holds for one, holds in self.holds.items() if one != victim},
            {one: at for one, at in self.inspected.items() if one != victim},
            {key for key in self.gone if victim not in key},
        )


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    lines = [line for contact in CONTACTS for line in call(contact, "2027-03-08T09:00:00")]
    lines.sort(key=lambda line: str(line["at"]))
    for case, contacts in CASES.items():
        lines.append(logged("2027-03-09T10:00:00", case, contacts, received_on=RECEIVED[case]))
    path = tmp_path_factory.mktemp("nights") / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return read_scenario(path)


@pytest.fixture(scope="module")
def night(story: list[Line], assembly: Path) -> Callable[[Disturb], Night]:
    """Return what plays the days before, disturbs the world, and returns what the night left."""

    def play(disturb: Disturb) -> Night:
        with Replay.start(story, file=Path("nights.jsonl"), policy=BARNET, assembly=assembly) as replay:
            replay.run_until(NIGHT - timedelta(minutes=5))
            disturb(replay.world)
            found = Night()

            def count(invocation: Invocation, _outcome: object) -> None:
                found.calls += sum(invocation.calls.values()) if invocation.spec.short_name == "maintain_holds" else 0

            replay.world.functions.observers.append(count)
            replay.run_until(NIGHT + timedelta(minutes=30))
            state = replay.state()
            for hold in state.holds:
                found.holds[hold.contact_id] = (hold.case, hold.status, hold.hold_until)
            found.inspected = _inspected(replay.world)
            found.told = [str(one.subject) for one in state.notifications if one.at > NIGHT - timedelta(minutes=5)]
            found.gone = {one.key for one in state.disposals if one.cause == "hold_ended"}
            return found

    return play


@pytest.fixture(scope="module")
def undisturbed(night: Callable[[Disturb], Night]) -> Night:
    return night(lambda _: None)


def _inspected(world: EmbeddedAws) -> dict[str, str]:
    rows = world.client("dynamodb").scan(TableName=world.names.tables["RegisterTable"])["Items"]
    return {
        row["pk"]["S"].removeprefix("CONTACT#"): row["inspected_at"]["S"][:16]
        for row in rows
        if row["sk"]["S"] == "CONTACT" and "inspected_at" in row
    }


def _failing(number: int, code: str) -> Disturb:
    """Let the call of that number in the nightly run fail, whichever it is; the client does not repeat it."""

    def disturb(world: EmbeddedAws) -> None:
        seen = 0

        def take(service: str, operation: str, _request: object = None) -> Fault | None:
            nonlocal seen
            if not NIGHT <= world.clock.now() < NIGHT + timedelta(seconds=5):
                return None
            seen += 1
            return Fault(service, operation, code, 1) if seen == number else None

        world.faults.take = take  # type: ignore[method-assign, assignment]
        world.faults.any = lambda: True  # type: ignore[method-assign]

    return disturb


def test_the_night_inspects_reminds_and_disposes(undisturbed: Night) -> None:
    status = {contact: holds[1] for contact, holds in undisturbed.holds.items()}
    assert status == dict.fromkeys(CONTACTS[:2], "disposed") | dict.fromkeys(CONTACTS[2:], "held")
    assert {one: at for one, at in undisturbed.inspected.items() if at.startswith("2027-03-18T02:30")}.keys() == set(
        CONTACTS[2:]
    )
    assert undisturbed.told == ["Hold ends within 7 days: case C-2"]
    assert len(undisturbed.gone) == 6


LONG = pytest.mark.prove


@pytest.mark.parametrize(
    ("victim", "sort_key", "change"),
    [
        (CONTACTS[0], "HOLD", {"placed_at": {"S": "some time"}}),
        (CONTACTS[2], "CONTACT", {"version": {"S": "many"}}),
        pytest.param(CONTACTS[0], "CONTACT", {"version": {"S": "many"}}, marks=LONG),
        pytest.param(CONTACTS[0], "ARTEFACT", {"bytes": {"NULL": True}}, marks=LONG),
        pytest.param(CONTACTS[2], "HOLD", {"status": {"S": "lost"}}, marks=LONG),
        pytest.param(CONTACTS[2], "ARTEFACT", {"held_at": {"NULL": True}}, marks=LONG),
    ],
)
def test_a_row_that_cannot_be_read_leaves_everybody_else_alone(
    night: Callable[[Disturb], Night], undisturbed: Night, victim: str, sort_key: str, change: dict[str, Any]
) -> None:
    def spoil(world: EmbeddedAws) -> None:
        rows, table = world.client("dynamodb"), world.names.tables["RegisterTable"]
        found = rows.scan(TableName=table)["Items"]
        row = next(
            one for one in found if one["pk"]["S"] == f"CONTACT#{victim}" and one["sk"]["S"].startswith(sort_key)
        )
        rows.put_item(TableName=table, Item={**row, **change})

        def mend(_invocation: object, _outcome: object) -> None:
            # So that the state can be read; the night is over.
            if world.clock.now() >= NIGHT:
                rows.put_item(TableName=table, Item=row)

        world.functions.observers.append(mend)

    assert night(spoil).without(victim) == undisturbed.without(victim)


MOST = 40
OFTEN = (1, 9, 22)
CALLS = [
    pytest.param(number, id=str(number), marks=[] if number in OFTEN else [pytest.mark.prove])
    for number in range(1, MOST + 1)
]
"""Every call of the night; all of them in the long proof, some of them always."""


@pytest.mark.parametrize("number", CALLS)
def test_a_call_that_fails_once_changes_nothing_of_the_night(
    night: Callable[[Disturb], Night], undisturbed: Night, number: int
) -> None:
    if number > undisturbed.calls:
        pytest.skip(f"the night makes {undisturbed.calls} calls")
    found = night(_failing(number, "AccessDeniedException"))
    assert (found.without(""), found.told) == (undisturbed.without(""), undisturbed.told)


def test_there_are_no_more_calls_in_the_night_than_are_made_to_fail(undisturbed: Night) -> None:
    assert 10 < undisturbed.calls <= MOST
