"""The alarms on what the nightly run does not get rid of: each night goes wrong in a world of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.ports import Ledgered
from tests.end_to_end.children import in_a_child
from tests.end_to_end.watching.centre import Centre
from tests.end_to_end.watching.drill import Drill


@dataclass(frozen=True)
class Ending:
    """Contacts whose holds end tomorrow; what becomes of them is played in a child."""

    centre: Centre
    contacts: tuple[str, str]
    cases: tuple[str, str] = ("C-9", "C-10")

    @property
    def drill(self) -> Drill:
        return self.centre.drill

    def nights(self, number: int) -> set[str]:
        """Return the alarms that are raised in so many nights."""
        return self.drill.raises(lambda: None, within=timedelta(days=number))

    def left(self) -> list[bool]:
        """Return of each contact whether any copy is left."""
        return [bool(self.centre.copies(one)) for one in self.contacts]


@pytest.fixture(scope="module")
def ending(drill: Drill) -> Ending:
    centre = Centre(drill)
    found = Ending(centre, (centre.contact(), centre.contact()))
    # Received eighteen months ago, less eight days: the team is told a week before, and the looks that follow a flag
    # are over by then.
    received_on, end = _hold_that_ends(drill.world.clock.now() + timedelta(days=8))
    for contact, case in zip(found.contacts, found.cases, strict=True):
        centre.complain(contact, case, received_on=received_on)
    drill.world.run_until(end - timedelta(days=1))
    return found


def test_a_copy_that_s3_does_not_give_up_raises_an_alarm_and_stops_no_other(ending: Ending) -> None:
    def act() -> tuple[set[str], list[bool]]:
        world, centre = ending.drill.world, ending.centre
        copy = next(one for one in centre.copies(ending.contacts[0]) if "/call_recording/" in one["Key"])
        world.client("s3").put_object_retention(
            Bucket=world.names.buckets["legal_hold"],
            Key=copy["Key"],
            VersionId=copy["VersionId"],
            Retention={"Mode": "GOVERNANCE", "RetainUntilDate": world.clock.now() + timedelta(days=60)},
        )
        return ending.nights(2), ending.left()

    assert in_a_child(act) == ({"MaintainHoldsDisposalFailedAlarm"}, [True, False])


def test_a_contact_whose_row_cannot_be_read_raises_an_alarm_and_stops_no_other(ending: Ending) -> None:
    def act() -> tuple[set[str], list[bool], list[bool]]:
        world = ending.drill.world
        rows, table = world.client("dynamodb"), world.names.tables["RegisterTable"]
        key = {"pk": {"S": f"CONTACT#{ending.contacts[0]}"}, "sk": {"S": f"HOLD#{ending.cases[0]}"}}
        row = rows.get_item(TableName=table, Key=key)["Item"]
        rows.put_item(TableName=table, Item={**row, "placed_at": {"S": "some time ago"}})
        raised, left = ending.nights(2), ending.left()
        rows.put_item(TableName=table, Item=row)
        ending.nights(2)
        return raised, left, ending.left()

    assert in_a_child(act) == ({"MaintainHoldsContactFailedAlarm"}, [True, False], [False, False])


def test_copies_that_are_due_and_left_raise_an_alarm(ending: Ending) -> None:
    def act() -> tuple[set[str], list[bool]]:
        ending.centre.switch("off")
        raised = ending.nights(2)
        ending.centre.switch("on")
        ending.nights(2)
        return raised, ending.left()

    assert in_a_child(act) == ({"MaintainHoldsDisposalSkippedAlarm"}, [False, False])


@pytest.mark.prove
def test_a_disposal_that_s3_does_not_confirm_raises_an_alarm_once_a_week_until_it_does(drill: Drill) -> None:
    world, bucket = drill.world, drill.world.names.buckets["legal_hold"]
    register = DynamoRegister(world.names.tables["RegisterTable"])
    entry = Ledgered(bucket=bucket, key="call-9/call.wav", version_id="v9", cause="hold_ended")

    def nights(number: int, act: Callable[[], object] = lambda: None) -> set[str]:
        return drill.raises(act, within=timedelta(days=number))

    begun = world.clock.now()
    assert nights(1, lambda: register.enter_disposal([entry], begun)) == set()
    assert nights(2) == {"MaintainHoldsDisposalUnconfirmedAlarm"}
    assert nights(5) == set()
    assert nights(3) == {"MaintainHoldsDisposalUnconfirmedAlarm"}
    register.confirm_disposal(bucket, entry.key, entry.version_id, world.clock.now())
    assert nights(8) == set()
    # One that is entered again after S3 confirmed it is not asked for a second time.
    assert nights(4, lambda: register.enter_disposal([entry], world.clock.now())) == set()


def _hold_that_ends(end: datetime) -> tuple[str, datetime]:
    """Return when its complaint was received and the end itself: on that day or, if it has none, soon after.

    No complaint's eighteen months end on 31 March: there is no 31 September.
    """
    while True:
        months = end.year * 12 + end.month - 1 - 18
        try:
            return date(months // 12, months % 12 + 1, end.day).isoformat(), end
        except ValueError:
            end += timedelta(days=1)
