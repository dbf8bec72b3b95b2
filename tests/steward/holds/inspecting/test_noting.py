"""What a look leaves in the register: nothing where it found nothing, and the register knows of the look already."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.register import HoldStatus
from steward.holds.requests import Escalation
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.holds import Stage
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
RECORDING = RecordClass.CALL_RECORDING
KEY = "2027/01/12/call-1_20270112T10:05_UTC.wav"
HELD = f"call-1/call_recording/{KEY}"


@pytest.fixture
def call(world: HoldFixture) -> ContactId:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    return call


def writes(world: HoldFixture) -> int:
    return world.calls["register.save"]


def test_a_look_soon_after_the_flag_that_finds_nothing_writes_nothing(world: HoldFixture, call: ContactId) -> None:
    before, noted = writes(world), world.files[call]
    world.moment += timedelta(minutes=15)
    world.placing().recheck(call, 1)

    assert writes(world) == before
    assert world.files[call] == noted


def test_looks_soon_after_a_flag_ask_two_questions_each_in_turns(world: HoldFixture, call: ContactId) -> None:
    asked = []
    for attempt in (1, 2, 3):
        before = world.calls.copy()
        world.placing().recheck(call, attempt)
        made = world.calls - before
        asked.append({name: number for name, number in made.items() if name.startswith(("connect", "sources", "ev"))})

    names, places = {"connect.describe": 1, "connect.associated": 1}, {"sources.find": 2}
    assert asked == [places, names, places]


def test_a_look_that_somebody_asks_for_compares_the_copies_with_s3(world: HoldFixture, call: ContactId) -> None:
    before = world.calls["evidence.describe"]
    world.placing().reinspect(call)

    assert world.calls["evidence.describe"] > before


def test_a_nightly_look_that_finds_nothing_is_noted_once_by_the_night(world: HoldFixture, call: ContactId) -> None:
    for days in (3, 16):
        world.moment += timedelta(days=days)
        before = writes(world)
        world.sweep().run(lambda: True)
        night = world.moment
        world.work_off(night + timedelta(seconds=30))
        file = world.files[call]

        assert file.settled is not None
        assert (file.inspected_at, file.next_action_at) == (night, file.settled.next_look(night))
        # The look of the third night is whole and leaves another turn to the next.
        assert writes(world) - before == (2 if days == 3 else 1)


def test_a_look_is_noted_where_the_register_has_no_time_for_the_next(world: HoldFixture, call: ContactId) -> None:
    world.files[call] = replace(world.files[call], next_action_at=None)
    world.placing().reinspect(call)

    after = world.files[call]
    assert after.settled is not None
    assert after.next_action_at == after.settled.next_look(world.moment)


def test_what_a_look_finds_is_written_whenever_the_look_was_noted(world: HoldFixture, call: ContactId) -> None:
    world.record(RECORDING, "Analysis/Voice/2027/01/12/call-1_analysis.json", at=world.moment)
    world.moment += timedelta(minutes=15)
    world.placing().recheck(call, 1)

    keys = {one.source_key for one in world.files[call].present}
    assert "Analysis/Voice/2027/01/12/call-1_analysis.json" in keys


def test_a_lock_that_somebody_extended_is_written_although_no_copy_came_or_went(
    world: HoldFixture, call: ContactId
) -> None:
    later = datetime(2031, 1, 1, tzinfo=UTC)
    world.held[HELD][-1].retain_until = later
    world.moment += timedelta(minutes=15)
    world.placing().reinspect(call)

    assert {one.retain_until for one in world.files[call].present if one.hold_key == HELD} == {later}


def test_what_was_left_to_tell_is_noted_as_looked_at_before_it_is_told(world: HoldFixture, call: ContactId) -> None:
    [hold] = world.files[call].active
    world.files[call] = world.files[call].with_hold(replace(hold, again_after="released on 2027-05-01"))
    before = writes(world)
    world.moment += timedelta(minutes=15)
    world.placing().recheck(call, 1)

    assert [one.again_after for one in world.files[call].active] == [""]
    assert [kind for kind, *_ in world.told].count("held again") == 1
    assert writes(world) == before + 2


def test_a_case_that_is_taken_further_while_a_look_finds_nothing_still_gets_its_locks(
    world: HoldFixture, call: ContactId
) -> None:
    placing = world.placing()
    world.moment += timedelta(minutes=15)
    describe = placing.contacts.describe
    taken: list[ContactId] = []

    def meanwhile(contact_id: ContactId) -> object:
        if not taken:
            taken.append(contact_id)
            placing.escalate(
                Escalation(case=CaseRef("C-1"), stage=Stage.TWO, on=date(2027, 5, 4), requested_by="officer.1")
            )
        return describe(contact_id)

    object.__setattr__(placing.reconciler.contacts, "describe", meanwhile)
    placing.reinspect(call)

    [hold] = world.files[call].active
    assert (hold.status, hold.open_ended) == (HoldStatus.HELD, True)
    assert all(world.held[one.hold_key][-1].legal_hold for one in world.files[call].present)
