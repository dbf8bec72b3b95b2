"""Nightly looks that are brief, and the whole ones that come between them at least once a week."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from steward.failures import Unavailable
from steward.holds.contacts import Export, Recording
from steward.holds.inspecting.brief import WHOLE_AFTER
from steward.holds.inspecting.inspection import TOUCHED, Unfinished
from steward.holds.register import DAILY, HoldStatus, Protection
from steward.holds.requests import Escalation
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.holds import Stage
from steward.retention.months import longest_span_days
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint

APRIL = datetime(2027, 4, 12, 10, 0, tzinfo=UTC)
FLAGGED = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
RECORDING = RecordClass.CALL_RECORDING
KEY = "2027/04/12/call-1_20270412T10:05_UTC.wav"
HELD = f"call-1/call_recording/{KEY}"
REDACTED = "Analysis/Voice/Redacted/2027/04/12/call-1_call_recording_redacted_20270412T10:05.wav"
DAY = timedelta(days=1)
MONTHLY = timedelta(weeks=4)
SHORTEST = timedelta(days=longest_span_days(1))
"""A policy counts in whole months: so long lives what Connect delivers, whenever it comes."""


@pytest.fixture
def call(world: HoldFixture) -> ContactId:
    call = world.contact("call-1", APRIL, keys=[KEY])
    world.moment = FLAGGED
    world.placing().place(complaint(call))
    world.work_off(FLAGGED + timedelta(hours=24))
    return call


def night(world: HoldFixture) -> bool:
    """Let the next half past two at night pass with all that it hands over; return whether a look was whole."""
    begins = world.moment.replace(hour=2, minute=30, second=0, microsecond=0)
    world.moment = begins + timedelta(days=1) if begins <= world.moment else begins
    before = world.calls["evidence.describe"]
    world.sweep().run(lambda: True)
    world.work_off()
    return world.calls["evidence.describe"] > before


def nights(world: HoldFixture, number: int) -> list[datetime]:
    """Return the moments of the whole looks among so many nights."""
    return [world.moment for _ in range(number) if night(world)]


def are_all_whole(world: HoldFixture, number: int) -> bool:
    """Return whether none of the looks of so many nights was brief."""
    before = world.calls.copy()
    whole = nights(world, number)
    return 0 < len(whole) == world.calls["connect.describe"] - before["connect.describe"]


def brief_from_now_on(world: HoldFixture) -> None:
    """Let nights pass until a look was whole after the first days: what follows is brief."""
    nights(world, 3)
    assert world.files[ContactId("call-1")].looked_through_at is not None


def held(world: HoldFixture, call: ContactId) -> set[str]:
    return {one.source_key for one in world.files[call].present}


def test_a_brief_look_asks_connect_twice_and_s3_once_for_the_recording_and_writes_nothing(
    world: HoldFixture, call: ContactId
) -> None:
    brief_from_now_on(world)
    before = world.calls.copy()
    world.placing().reinspect(call, routine=True)

    assert world.calls - before == {
        "register.file": 1,
        "connect.associated": 1,
        "connect.describe": 1,
        "sources.newest": 1,
    }


def test_in_the_first_two_days_every_look_is_whole(world: HoldFixture, call: ContactId) -> None:
    assert world.files[call].looked_through_at is None
    assert are_all_whole(world, 2)


def test_whole_looks_come_once_a_week_while_looks_are_daily(world: HoldFixture, call: ContactId) -> None:
    assert call
    whole = nights(world, 14)

    assert len(whole) < 8
    gaps = [later - earlier for earlier, later in pairwise(whole)]
    assert max(gaps) <= timedelta(days=7)


@pytest.mark.parametrize("hour", [0, 2, 3, 9, 15, 23])
@pytest.mark.parametrize("fails", [False, True])
def test_no_two_whole_looks_are_further_apart_than_what_a_late_original_lives_whatever_the_phase(
    world: HoldFixture, hour: int, *, fails: bool
) -> None:
    call = world.contact("call-1", APRIL, keys=[KEY])
    world.moment = FLAGGED.replace(hour=hour, minute=31)
    world.placing().place(complaint(call))
    world.work_off(world.moment + timedelta(hours=24))
    whole = [world.moment]
    for number in range(500):
        if fails and number % 5 == 3:
            # A night on which nothing ran.
            world.moment += timedelta(days=1)
            continue
        whole += [world.moment] if night(world) else []

    gaps = [later - earlier for earlier, later in pairwise(whole)]
    assert max(gap for gap, at in zip(gaps, whole, strict=False) if at < FLAGGED + DAILY / 2) <= WHOLE_AFTER + DAY * 2
    assert max(gaps) <= MONTHLY + DAY * (2 if fails else 1)
    assert max(gaps) <= SHORTEST - DAY


def test_redacted_audio_that_connect_delivers_late_is_held_within_a_week(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    world.moment += timedelta(hours=1)
    world.record(RECORDING, REDACTED)
    delivered = world.moment
    while REDACTED not in held(world, call):
        assert world.moment - delivered <= timedelta(days=7)
        night(world)

    assert world.hold("C-1", call).status is HoldStatus.HELD


def test_redacted_audio_that_comes_after_the_daily_looks_is_held_before_its_period_ends(
    world: HoldFixture, call: ContactId
) -> None:
    nights(world, 20)
    world.record(RECORDING, REDACTED)
    delivered = world.moment
    nights(world, 30)

    assert REDACTED in held(world, call)
    [made] = [one.held_at for one in world.files[call].present if one.source_key == REDACTED]
    assert made - delivered < SHORTEST - DAY


def test_brief_looks_do_not_put_the_whole_one_off(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    last = world.files[call].looked_through_at
    assert last is not None
    while world.moment + timedelta(hours=5) < last + WHOLE_AFTER:
        world.moment += timedelta(hours=5)
        world.placing().reinspect(call, routine=True)
        assert world.files[call].looked_through_at == last
    world.moment = last + WHOLE_AFTER
    world.placing().reinspect(call, routine=True)

    assert world.files[call].looked_through_at == world.moment


def test_a_whole_look_that_failed_is_no_whole_look(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    last = world.files[call].looked_through_at
    assert last is not None
    world.moment = last + timedelta(days=7)
    world.fail_before["sources.find"] = 1
    with pytest.raises(Unfinished):
        world.placing().reinspect(call, routine=True)
    assert world.files[call].looked_through_at == last

    world.fail_before["evidence.describe"] = 1
    with pytest.raises(Unavailable):
        world.placing().reinspect(call, routine=True)
    assert world.files[call].looked_through_at == last

    world.placing().reinspect(call, routine=True)
    assert world.files[call].looked_through_at == world.moment


def test_an_inspection_that_is_asked_for_is_whole_whenever_the_last_was(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    del world.held[HELD][-1]
    world.placing().reinspect(call)

    assert world.counted[TOUCHED] == 1
    assert world.held[HELD]


def test_a_lock_that_was_lost_is_put_back_within_a_week(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    copy = world.held[HELD][-1]
    copy.retain_until = None
    lost = world.moment
    while copy.retain_until is None:
        assert world.moment - lost <= timedelta(days=7)
        night(world)

    assert copy.retain_until == world.hold("C-1", call).hold_until


def test_a_call_back_of_days_later_is_held_by_the_next_nightly_look(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    back = world.contact("back-1", world.moment, keys=["2027/05/08/back-1.wav"])
    world.chains[call] = (back,)
    night(world)

    assert world.hold("C-1", back).status is HoldStatus.HELD


def test_a_recording_that_connect_names_late_is_held_by_the_next_look(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    late = Recording(
        bucket=RECORDING, key="2027/04/12/late.wav", media="AUDIO", deleted=False, deletion_reason="", stopped_at=APRIL
    )
    world.people[call] = replace(world.people[call], recordings=(*world.people[call].recordings, late))
    world.record(RECORDING, late.key)
    night(world)

    assert late.key in held(world, call)


def test_a_recording_that_connect_names_and_the_store_lacks_is_missing_from_the_next_look_on(
    world: HoldFixture, call: ContactId
) -> None:
    brief_from_now_on(world)
    late = replace(world.people[call].recordings[0], key="2027/04/12/late.wav")
    world.people[call] = replace(world.people[call], recordings=(*world.people[call].recordings, late))
    night(world)

    assert [one.source_key for one in world.hold("C-1", call).missing] == [late.key]


def test_an_export_that_connect_names_late_is_held_by_the_next_look(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    export = Export(bucket=RecordClass.EVALUATION, key="Evaluations/e-1.json", made_at=world.moment)
    world.people[call] = replace(world.people[call], exports=(export,))
    world.record(RecordClass.EVALUATION, export.key)
    night(world)

    assert export.key in held(world, call)


def test_a_recording_that_was_written_again_is_held_by_the_next_look(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    world.record(RECORDING, KEY, body=b"again")
    night(world)

    assert len([one for one in world.files[call].present if one.source_key == KEY]) == 2


def test_what_is_not_wholly_held_is_looked_at_wholly_every_night(world: HoldFixture) -> None:
    call = world.contact("call-1", APRIL, keys=[KEY, "2027/04/12/gone.wav"])
    del world.records[RECORDING, "2027/04/12/gone.wav"]
    world.moment = FLAGGED
    world.placing().place(complaint(call))
    world.work_off(FLAGGED + timedelta(hours=24))

    assert world.hold("C-1", call).status is HoldStatus.PARTIAL
    assert are_all_whole(world, 10)


@pytest.mark.parametrize("what", ["chat", "evaluated", "young", "record", "forgotten"])
def test_what_connect_may_add_to_without_naming_it_is_looked_at_wholly(
    world: HoldFixture, call: ContactId, what: str
) -> None:
    brief_from_now_on(world)
    contact = world.people[call]
    match what:
        case "chat":
            world.people[call] = replace(contact, channel="CHAT")
        case "evaluated":
            world.people[call] = replace(contact, evaluated=True)
        case "young":
            world.people[call] = replace(contact, ended_at=world.moment - timedelta(hours=12))
            file = world.files[call]
            for one in file.present:
                file = file.with_artefact(replace(one, held_at=world.moment))
            world.files[call] = file
        case "record":
            file = world.files[call]
            [one] = [one for one in file.present if one.record_class is RecordClass.CONTACT_RECORD]
            world.files[call] = file.with_artefact(replace(one, held_at=APRIL))
        case _:
            del world.people[call]

    assert night(world)


def test_a_hold_that_came_days_later_has_its_own_first_looks(world: HoldFixture, call: ContactId) -> None:
    brief_from_now_on(world)
    world.moment += timedelta(hours=8)
    placed = world.moment
    world.placing().place(complaint(call, case="C-2", received=date(2027, 5, 5)))
    world.work_off(placed + timedelta(hours=24))
    for hours in (30, 47):
        world.moment = placed + timedelta(hours=hours)
        before = world.calls["sources.find"]
        world.placing().reinspect(call, routine=True)
        assert world.calls["sources.find"] > before


def test_brief_looks_for_a_later_hold_that_is_over_put_off_no_whole_one_of_the_earlier(
    world: HoldFixture, call: ContactId
) -> None:
    nights(world, 40)
    # Its eighteen months are nearly over when it comes: it ends while looks are daily once more.
    world.placing().place(complaint(call, case="C-2", received=date(2025, 12, 23)))
    world.work_off(world.moment + timedelta(hours=24))
    assert timedelta(days=7) < world.hold("C-2", call).hold_until - world.moment < timedelta(days=13)
    whole = nights(world, 100)

    assert not world.hold("C-2", call).active
    assert max(later - earlier for earlier, later in pairwise(whole)) <= MONTHLY + DAY


def test_a_case_that_became_open_has_its_legal_hold_and_brief_looks_leave_it(
    world: HoldFixture, call: ContactId
) -> None:
    brief_from_now_on(world)
    assert not world.files[call].holds[0].open_ended
    world.placing().escalate(
        Escalation(case=CaseRef("C-1"), stage=Stage.TWO, on=date(2027, 5, 6), requested_by="officer.1")
    )
    world.work_off()
    assert world.held[HELD][-1].legal_hold

    assert not night(world)
    assert world.held[HELD][-1].legal_hold


@pytest.mark.parametrize("note", ["changing", "ours", "original", "manifest", "told"])
def test_what_is_left_to_do_is_done_by_the_next_look(world: HoldFixture, call: ContactId, note: str) -> None:
    brief_from_now_on(world)
    file = world.files[call]
    [hold], copy = file.active, next(one for one in file.present if one.hold_key == HELD)
    match note:
        case "changing":
            file = file.with_artefact(replace(copy, changing=True))
        case "ours":
            file = file.with_artefact(replace(copy, legal_hold=True))
        case "original":
            file = file.with_artefact(replace(copy, source_freed=False))
        case "manifest":
            file = file.with_hold(replace(hold, manifest_sha256=""))
        case _:
            file = file.with_hold(replace(hold, again_after="released on 2027-05-05"))
    world.files[call] = file
    night(world)

    after = world.files[call]
    assert all(one.manifest_sha256 and not one.again_after for one in after.active)
    assert all(one.source_freed and not one.changing and not one.legal_hold for one in after.present)


def test_a_legal_hold_that_somebody_set_by_hand_stays_through_brief_and_whole_looks(
    world: HoldFixture, call: ContactId
) -> None:
    brief_from_now_on(world)
    world.held[HELD][-1].legal_hold = True
    nights(world, 12)

    assert world.held[HELD][-1].legal_hold
    [copy] = [one for one in world.files[call].present if one.hold_key == HELD]
    assert copy.lock == Protection(retain_until=world.hold("C-1", call).hold_until, legal_hold=False)
