"""One bad row, or one failing call, leaves everybody else's night alone: inspections, reminders and disposals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.invocation import Invocation
from simulator.aws.wire.faults import Fault
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.children import in_a_child
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import call, logged, released

NIGHT = datetime(2027, 3, 18, 2, 30, tzinfo=UTC)
"""The run in which something of each kind is due.

One hold has ended (C-1), one is to be reminded of (C-2), a release's days of grace are over (C-4), one of a contact's
two holds has ended (the last contact), and all others are to be inspected.
"""

CONTACTS = [f"{number:08d}-0000-4000-8000-00000000000{number}" for number in range(1, 8)]
RECEIVED = {"C-1": "2025-09-18", "C-2": "2025-09-25", "C-3": "2027-03-01", "C-4": "2027-03-01"}
CASES = {"C-1": [*CONTACTS[:2], CONTACTS[6]], "C-2": CONTACTS[2:3], "C-3": [*CONTACTS[3:5], CONTACTS[6]]}
CASES["C-4"] = CONTACTS[5:6]
ENDED, INSPECTED, RELEASED = CONTACTS[:2], CONTACTS[2:], CONTACTS[5]

BEING_WRITTEN = {"EvaluationId": "e-1", "Form": "Quality", "Status": "DRAFT", "Answers": {}}
"""While a contact has it, it is looked at every night of its first two weeks."""

Disturb = Callable[[EmbeddedAws], None]


@dataclass
class Night:
    """What a night left: per contact its holds and its last inspection; what was told, and what is gone."""

    holds: dict[tuple[str, str], Any] = field(default_factory=dict)
    inspected: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    calls: int = 0

    def without(self, *victims: str) -> tuple[object, ...]:
        """Everything that concerns the others."""
        return (
            {key: hold for key, hold in self.holds.items() if key[0] not in victims},
            {one: at for one, at in self.inspected.items() if one not in victims},
            {key for key in self.gone if not key.startswith(victims)} if victims else self.gone,
        )


@pytest.fixture(scope="module")
def night(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Disturb], Night]]:
    """Return what plays the night in a world that is disturbed, and returns what it left.

    The days before are played once; each night is a child of that process, so that none knows of another.
    """
    began = "2027-03-08T09:00:00"
    lines = [line for contact in CONTACTS for line in call(contact, began, Evaluations=[BEING_WRITTEN])]
    lines.sort(key=lambda line: str(line["at"]))
    for case, contacts in CASES.items():
        lines.append(logged("2027-03-09T10:00:00", case, contacts, received_on=RECEIVED[case]))
    lines += released("2027-03-10T12:00:00", "C-4")
    path = tmp_path_factory.mktemp("nights") / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET, assembly=assembly) as replay:
        replay.run_until(NIGHT - timedelta(minutes=5))
        yield lambda disturb: in_a_child(lambda: _played(replay, disturb))


def _played(replay: Replay, disturb: Disturb) -> Night:
    disturb(replay.world)
    found = Night()

    def count(invocation: Invocation, _outcome: object) -> None:
        found.calls += sum(invocation.calls.values()) if invocation.spec.short_name == "maintain_holds" else 0

    replay.world.functions.observers.append(count)
    replay.run_until(NIGHT + timedelta(minutes=30))
    state = replay.state()
    for hold in state.holds:
        found.holds[hold.contact_id, hold.case] = (hold.status, hold.hold_until)
    found.inspected = _inspected(replay.world)
    found.told = [str(one.subject) for one in state.notifications if one.at > NIGHT - timedelta(minutes=5)]
    found.gone = {one.key for one in state.disposals if one.cause == "hold_ended"}
    return found


@pytest.fixture(scope="module")
def undisturbed(night: Callable[[Disturb], Night]) -> Night:
    return night(lambda _: None)


def _inspected(world: EmbeddedAws) -> dict[str, str]:
    rows = world.client("dynamodb").scan(TableName=world.names.tables["RegisterTable"])["Items"]
    return {
        row["pk"]["S"].removeprefix("CONTACT#"): row["inspected_at"]["S"][:13]
        for row in rows
        if row["sk"]["S"] == "CONTACT" and "inspected_at" in row
    }


def _failing(number: int, code: str, *, after_effect: bool = False) -> Disturb:
    """Let the call of that number in the nightly run fail, whichever it is; the client does not repeat it."""

    def disturb(world: EmbeddedAws) -> None:
        seen = 0

        def take(service: str, operation: str, _request: object = None) -> Fault | None:
            nonlocal seen
            if not NIGHT <= world.clock.now() < NIGHT + timedelta(seconds=5):
                return None
            seen += 1
            return Fault(service, operation, code, 1, after_effect) if seen == number else None

        world.faults.take = take  # type: ignore[method-assign, assignment]
        world.faults.any = lambda: True  # type: ignore[method-assign]

    return disturb


def _planned(service: str, operation: str, error: str, times: int = 1, keys: tuple[str, ...] = ()) -> Disturb:
    """Let the next calls of that operation fail, or rows of them."""
    return lambda world: world.faults.add(service=service, operation=operation, error=error, times=times, keys=keys)


def test_the_night_inspects_reminds_releases_and_disposes(undisturbed: Night) -> None:
    status = {key: hold[0] for key, hold in undisturbed.holds.items()}
    assert {contact for (contact, case), was in status.items() if was == "disposed"} == set(ENDED)
    assert {key for key, was in status.items() if was == "released"} == {(CONTACTS[6], "C-1"), (RELEASED, "C-4")}
    assert {one: at for one, at in undisturbed.inspected.items() if at.startswith("2027-03-18T02")}.keys() == set(
        INSPECTED
    )
    assert undisturbed.told == ["Hold ends within 7 days: case C-2"]
    assert {key.partition("/")[0] for key in undisturbed.gone} == {*ENDED, RELEASED}


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


MADE = 33
"""So many calls the night makes."""
OFTEN = (1, 9, 22)
CALLS = [
    pytest.param(number, id=str(number), marks=[] if number in OFTEN else [pytest.mark.prove])
    for number in range(1, MADE + 1)
]
"""Every call of the night; all of them in the long proof, some of them always."""


@pytest.mark.parametrize("number", CALLS)
def test_a_call_that_fails_once_changes_nothing_of_the_night(
    night: Callable[[Disturb], Night], undisturbed: Night, number: int
) -> None:
    found = night(_failing(number, "AccessDeniedException"))
    assert (found.without(), found.told) == (undisturbed.without(), undisturbed.told)


@pytest.mark.parametrize("number", CALLS)
def test_a_call_whose_answer_is_lost_changes_nothing_of_the_night(
    night: Callable[[Disturb], Night], undisturbed: Night, number: int
) -> None:
    found = night(_failing(number, "ReadTimeout", after_effect=True))
    # A message whose answer was lost may be sent twice; nothing else happens twice, or not at all.
    assert (found.without(), set(found.told)) == (undisturbed.without(), set(undisturbed.told))


def test_every_call_of_the_night_is_made_to_fail_and_no_other(undisturbed: Night) -> None:
    assert undisturbed.calls == MADE, "the calls that fail one by one are not those of the night"


OF_ALL = 1000
"""So often that it fails whenever it is tried tonight."""


@pytest.mark.parametrize("victim", [INSPECTED[0], *(pytest.param(one, marks=LONG) for one in INSPECTED[1:])])
@pytest.mark.parametrize("times", [1, OF_ALL])
def test_a_message_that_the_queue_refuses_concerns_its_own_contact_alone(
    night: Callable[[Disturb], Night], undisturbed: Night, victim: str, times: int
) -> None:
    found = night(_planned("sqs", "SendMessageBatch", "InternalError", times, keys=(victim,)))
    victims = (victim,) if times == OF_ALL else ()
    assert (found.without(*victims), found.told) == (undisturbed.without(*victims), undisturbed.told)
    assert (found.without() == undisturbed.without()) is (times == 1)


@pytest.mark.parametrize(
    "key",
    [f"{ENDED[0]}/", *(pytest.param(f"{ENDED[0]}/{one}/", marks=LONG) for one in ("manifests", "call_recording"))],
)
@pytest.mark.parametrize("times", [1, OF_ALL])
def test_a_version_that_s3_refuses_to_delete_concerns_its_own_contact_alone(
    night: Callable[[Disturb], Night], undisturbed: Night, key: str, times: int
) -> None:
    found = night(_planned("s3", "DeleteObjects", "InternalError", times, keys=(key,)))
    victims = (ENDED[0],) if times == OF_ALL else ()
    assert (found.without(*victims), found.told) == (undisturbed.without(*victims), undisturbed.told)
    stays = {("disposed" if times == 1 else "held")}
    assert {was for (contact, _), (was, _) in found.holds.items() if contact == ENDED[0]} == stays


@pytest.mark.parametrize("times", [*(pytest.param(one, marks=LONG) for one in (1, 2)), 3])
def test_a_transaction_that_is_cancelled_is_written_again_the_same_night(
    night: Callable[[Disturb], Night], undisturbed: Night, times: int
) -> None:
    found = night(_planned("dynamodb", "TransactWriteItems", "TransactionCanceledException", times))
    assert (found.without(), found.told) == (undisturbed.without(), undisturbed.told)


def test_a_topic_that_is_down_all_night_keeps_nothing_but_its_messages(
    night: Callable[[Disturb], Night], undisturbed: Night
) -> None:
    found = night(_planned("sns", "Publish", "InternalErrorException", OF_ALL))
    assert (found.without(), found.told) == (undisturbed.without(), [])


@pytest.mark.parametrize("operation", [("ssm", "GetParameter"), ("s3", "DeleteObjects")])
def test_what_keeps_the_disposals_back_all_night_keeps_back_nothing_else(
    night: Callable[[Disturb], Night], undisturbed: Night, operation: tuple[str, str]
) -> None:
    found = night(_planned(*operation, "AccessDeniedException", OF_ALL))
    waiting = (*ENDED, RELEASED)
    assert (found.without(*waiting), found.told) == (undisturbed.without(*waiting), undisturbed.told)
    assert {was for (contact, _), (was, _) in found.holds.items() if contact in waiting} == {"held"}
    assert not found.gone
