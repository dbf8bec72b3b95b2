"""Looks at what is settled: two questions each, in turns; a whole look at once where one shows something new."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from steward.failures import Unavailable
from steward.holds.contacts import Export, Recording
from steward.holds.inspecting.inspection import TOUCHED, Unfinished
from steward.holds.inspecting.settled import MONTH, WHOLE_AFTER
from steward.holds.register import HoldStatus, Protection
from steward.holds.requests import Escalation
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.holds import Stage
from steward.retention.months import lifecycle_days, longest_span_days
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint

APRIL = datetime(2027, 4, 12, 10, 0, tzinfo=UTC)
FLAGGED = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
RECORDING = RecordClass.CALL_RECORDING
KEY = "2027/04/12/call-1_20270412T10:05_UTC.wav"
HELD = f"call-1/call_recording/{KEY}"
ANALYSIS = "Analysis/Voice/2027/04/12/call-1_analysis_2027-04-12T10:09:00Z.json"
REDACTED = "Analysis/Voice/Redacted/2027/04/12/call-1_call_recording_redacted_20270412T10:05.wav"
DAY = timedelta(days=1)
SHORTEST = timedelta(days=longest_span_days(1))
"""A policy counts in whole months: so long lives what Connect delivers, whenever it comes."""
OUTSIDE = ("connect", "sources", "evidence")


@pytest.fixture
def call(world: HoldFixture) -> ContactId:
    call = world.contact("call-1", APRIL, keys=[KEY])
    world.moment = FLAGGED
    world.placing().place(complaint(call))
    world.work_off(FLAGGED + timedelta(hours=24))
    return call


def night(world: HoldFixture) -> Counter[str]:
    """Let the next half past two at night pass with all that it hands over; return what was asked of Connect and S3."""
    begins = world.moment.replace(hour=2, minute=30, second=0, microsecond=0)
    world.moment = begins + DAY if begins <= world.moment else begins
    before = world.calls.copy()
    world.sweep().run(lambda: True)
    world.work_off()
    made = world.calls - before
    return Counter({name: number for name, number in made.items() if name.startswith(OUTSIDE)})


def looks(world: HoldFixture, nights: int) -> list[tuple[datetime, Counter[str]]]:
    """Return what was asked in which of so many nights."""
    passed = [(night(world), world.moment) for _ in range(nights)]
    return [(at, asked) for asked, at in passed if asked]


def settle(world: HoldFixture) -> None:
    """Let the nights pass until the whole look after the first days."""
    looks(world, 4)
    left = world.files[ContactId("call-1")].settled
    assert left is not None
    assert left.whole_at is None


def held(world: HoldFixture, call: ContactId) -> set[str]:
    return {one.source_key for one in world.files[call].present}


def until_held(world: HoldFixture, call: ContactId, key: str) -> timedelta:
    """Let nights pass until that original is held; return how long it took."""
    since = world.moment
    while key not in held(world, call):
        assert world.moment - since <= MONTH + DAY
        night(world)
    return world.moment - since


def test_a_look_that_finds_nothing_new_makes_two_calls_to_connect_and_s3_and_writes_nothing(
    world: HoldFixture, call: ContactId
) -> None:
    settle(world)
    made = [asked for _, asked in looks(world, 500)]

    assert {asked.total() for asked in made} == {2}
    assert sum(made, Counter()).keys() == {"connect.associated", "connect.describe", "sources.find"}
    before = world.calls.copy()
    world.placing().reinspect(call, routine=True)
    assert (world.calls - before)["register.file"] == 1
    assert not (world.calls - before)["register.save"]


def test_one_more_look_is_whole_two_days_and_a_half_after_the_flag(world: HoldFixture, call: ContactId) -> None:
    [(at, asked)] = looks(world, 4)

    assert FLAGGED + WHOLE_AFTER <= at < FLAGGED + WHOLE_AFTER + DAY
    assert asked["sources.find"] > 4
    assert asked["connect.references"] == asked["connect.describe"] == asked["connect.associated"] == 1
    assert call


def test_what_is_to_be_asked_anew_because_a_store_moved_or_the_policy_changed_makes_one_look_whole(
    world: HoldFixture, call: ContactId
) -> None:
    settle(world)
    file = world.files[call]
    assert file.settled is not None
    world.files[call] = replace(file, settled=replace(file.settled, until=file.settled.until - 9 * DAY))

    made = [asked.total() for _, asked in looks(world, 40)]
    assert sum(number > 2 for number in made) == 1
    after = world.files[call].settled
    assert after is not None
    assert (after.until, after.places) == (file.settled.until, file.settled.places)


def test_looks_become_rarer_where_nothing_can_change(world: HoldFixture, call: ContactId) -> None:
    settle(world)
    gone = APRIL + timedelta(days=lifecycle_days(world.policy.retention[RECORDING]) + 2)
    moments = [at for at, _ in looks(world, 520)]

    early = [later - earlier for earlier, later in pairwise(moments) if later < gone]
    late = [later - earlier for earlier, later in pairwise(moments) if earlier >= gone]
    assert max(early) <= timedelta(days=15)
    assert set(late) == {timedelta(days=30)}
    assert any(gone - 2 * DAY <= at < gone for at in moments), "a look comes while there is an original left"
    assert call


@pytest.mark.parametrize("hour", [0, 2, 3, 9, 15, 23])
@pytest.mark.parametrize("fails", [False, True])
def test_no_question_is_asked_more_rarely_than_a_late_original_lives_whatever_the_phase(
    world: HoldFixture, hour: int, *, fails: bool
) -> None:
    call = world.contact("call-1", APRIL, keys=[KEY])
    world.moment = FLAGGED.replace(hour=hour, minute=31)
    world.placing().place(complaint(call))
    world.work_off(world.moment + timedelta(hours=24))
    looked_at = [world.moment]
    chain, names, places = [world.moment], [world.moment], [world.moment]
    gone = APRIL + timedelta(days=lifecycle_days(world.policy.retention[RECORDING]))
    for number in range(500):
        if fails and number % 5 == 3:
            # A night on which nothing ran.
            world.moment += DAY
            continue
        asked = night(world)
        looked_at += [world.moment] if asked else []
        chain += [world.moment] if asked["connect.associated"] else []
        names += [world.moment] if asked["connect.describe"] else []
        places += [world.moment] if asked["sources.find"] and world.moment < gone else []

    for moments in (chain, names, places):
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert max(gaps) <= SHORTEST + (DAY if fails else timedelta(0))
    assert len(looked_at) < 30


@pytest.mark.parametrize("key", [ANALYSIS, REDACTED])
@pytest.mark.parametrize("after", [1, 5, 20, 60, 100])
def test_what_connect_delivers_late_and_does_not_name_is_held_within_a_month(
    world: HoldFixture, call: ContactId, key: str, after: int
) -> None:
    settle(world)
    looks(world, after)
    world.moment += timedelta(hours=1)
    world.record(RECORDING, key)

    assert until_held(world, call, key) <= MONTH
    assert world.hold("C-1", call).status is HoldStatus.HELD


def test_a_whole_look_that_failed_is_made_up_for_by_the_next(world: HoldFixture, call: ContactId) -> None:
    world.moment = FLAGGED + WHOLE_AFTER
    world.fail_before["sources.find"] = 1
    with pytest.raises(Unfinished):
        world.placing().reinspect(call, routine=True)
    left = world.files[call].settled
    assert left is not None
    assert left.whole_at == FLAGGED + WHOLE_AFTER

    world.placing().reinspect(call, routine=True)
    left = world.files[call].settled
    assert left is not None
    assert left.whole_at is None


@pytest.mark.parametrize("turn", [0, 1])
def test_a_question_that_is_not_answered_makes_the_look_come_again(
    world: HoldFixture, call: ContactId, turn: int
) -> None:
    settle(world)
    file = world.files[call]
    assert file.settled is not None
    world.files[call] = replace(file, settled=replace(file.settled, turn=turn))
    world.fail_before["sources.find" if turn == 0 else "connect.describe"] = 1
    world.fail_before["connect.associated"] = 1
    with pytest.raises(Unavailable):
        world.placing().reinspect(call, routine=True)


def test_an_inspection_that_is_asked_for_compares_every_copy_with_s3(world: HoldFixture, call: ContactId) -> None:
    settle(world)
    del world.held[HELD][-1]
    world.placing().reinspect(call)

    assert world.counted[TOUCHED] == 1
    assert world.held[HELD]


def test_a_lock_that_was_lost_is_put_back_by_the_look_that_the_statement_asks_for(
    world: HoldFixture, call: ContactId
) -> None:
    settle(world)
    copy = world.held[HELD][-1]
    copy.retain_until = None
    world.placing().reinspect(call)

    assert copy.retain_until == world.hold("C-1", call).hold_until


def test_a_call_back_of_days_later_is_held_within_a_month(world: HoldFixture, call: ContactId) -> None:
    settle(world)
    back = world.contact("back-1", world.moment, keys=["2027/05/08/back-1.wav"])
    world.chains[call] = (back,)
    since = world.moment
    while back not in world.files:
        assert world.moment - since <= MONTH + DAY
        night(world)

    assert world.hold("C-1", back).status is HoldStatus.HELD


def test_a_recording_that_connect_names_late_is_held_within_a_month(world: HoldFixture, call: ContactId) -> None:
    settle(world)
    late = Recording(
        bucket=RECORDING, key="2027/04/12/late.wav", media="AUDIO", deleted=False, deletion_reason="", stopped_at=APRIL
    )
    world.people[call] = replace(world.people[call], recordings=(*world.people[call].recordings, late))
    world.record(RECORDING, late.key)

    assert until_held(world, call, late.key) <= MONTH


def test_a_recording_that_connect_names_and_the_store_lacks_is_missing_from_then_on(
    world: HoldFixture, call: ContactId
) -> None:
    settle(world)
    late = replace(world.people[call].recordings[0], key="2027/04/12/late.wav")
    world.people[call] = replace(world.people[call], recordings=(*world.people[call].recordings, late))
    looks(world, 30)

    assert [one.source_key for one in world.hold("C-1", call).missing] == [late.key]
    assert world.files[call].settled is None


def test_an_export_that_connect_names_late_is_held_within_a_month(world: HoldFixture, call: ContactId) -> None:
    settle(world)
    export = Export(bucket=RecordClass.EVALUATION, key="Evaluations/e-1.json", made_at=world.moment)
    world.people[call] = replace(world.people[call], exports=(export,))
    world.record(RecordClass.EVALUATION, export.key)

    assert until_held(world, call, export.key) <= MONTH


def test_a_recording_that_was_written_again_is_held_by_the_look_that_the_statement_asks_for(
    world: HoldFixture, call: ContactId
) -> None:
    settle(world)
    world.record(RECORDING, KEY, body=b"again")
    world.placing().reinspect(call)

    assert len([one for one in world.files[call].present if one.source_key == KEY]) == 2


def test_an_analysis_that_was_written_again_is_held_within_a_month(world: HoldFixture, call: ContactId) -> None:
    world.record(RECORDING, ANALYSIS)
    settle(world)
    world.record(RECORDING, ANALYSIS, body=b"again")
    looks(world, 31)

    assert len([one for one in world.files[call].present if one.source_key == ANALYSIS]) == 2


def test_what_was_removed_for_a_reason_makes_no_look_whole(world: HoldFixture, call: ContactId) -> None:
    world.record(RECORDING, ANALYSIS)
    settle(world)
    file = world.files[call]
    [copy] = [one for one in file.present if one.source_key == ANALYSIS]
    world.files[call] = file.with_artefact(replace(copy, removed_why="card data"))

    assert {asked.total() for _, asked in looks(world, 60)} == {2}


def test_what_is_not_wholly_held_is_looked_at_wholly_every_night(world: HoldFixture) -> None:
    call = world.contact("call-1", APRIL, keys=[KEY, "2027/04/12/gone.wav"])
    del world.records[RECORDING, "2027/04/12/gone.wav"]
    world.moment = FLAGGED
    world.placing().place(complaint(call))
    world.work_off(FLAGGED + timedelta(hours=24))

    assert world.hold("C-1", call).status is HoldStatus.PARTIAL
    whole = looks(world, 10)
    assert len(whole) >= 9
    assert all(asked["evidence.describe"] for _, asked in whole)


@pytest.mark.parametrize("what", ["chat", "evaluated", "running", "unnamed", "forgotten"])
def test_what_connect_may_add_to_without_naming_it_is_looked_at_wholly(
    world: HoldFixture, call: ContactId, what: str
) -> None:
    contact = world.people[call]
    match what:
        case "chat":
            world.people[call] = replace(contact, channel="CHAT")
        case "evaluated":
            world.people[call] = replace(contact, evaluated=True)
        case "running":
            world.people[call] = replace(contact, ended_at=None)
        case "unnamed":
            world.people[call] = replace(contact, recordings=())
        case _:
            del world.people[call]
    looks(world, 4)
    assert world.files[call].settled is None

    assert len(looks(world, 5)) == 5


def test_a_hold_that_came_later_has_its_own_whole_look(world: HoldFixture, call: ContactId) -> None:
    settle(world)
    looks(world, 40)
    world.moment += timedelta(hours=8)
    placed = world.moment
    world.placing().place(complaint(call, case="C-2", received=date(2027, 5, 5)))
    world.work_off(placed + timedelta(hours=24))
    [(at, asked)] = looks(world, 4)

    assert placed + WHOLE_AFTER <= at < placed + WHOLE_AFTER + DAY
    assert asked["connect.references"] == 1


def test_a_case_that_became_open_has_its_legal_hold_and_looks_leave_it(world: HoldFixture, call: ContactId) -> None:
    settle(world)
    assert not world.files[call].holds[0].open_ended
    world.placing().escalate(
        Escalation(case=CaseRef("C-1"), stage=Stage.TWO, on=date(2027, 5, 6), requested_by="officer.1")
    )
    world.work_off()
    assert world.held[HELD][-1].legal_hold

    assert {asked.total() for _, asked in looks(world, 60)} == {2}
    assert world.held[HELD][-1].legal_hold


@pytest.mark.parametrize("note", ["changing", "ours", "original", "manifest", "told"])
def test_what_is_left_to_do_is_done_by_the_next_look(world: HoldFixture, call: ContactId, note: str) -> None:
    settle(world)
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
    looks(world, 16)

    after = world.files[call]
    assert all(one.manifest_sha256 and not one.again_after for one in after.active)
    assert all(one.source_freed and not one.changing and not one.legal_hold for one in after.present)


def test_a_legal_hold_that_somebody_set_by_hand_stays_through_brief_and_whole_looks(
    world: HoldFixture, call: ContactId
) -> None:
    settle(world)
    world.held[HELD][-1].legal_hold = True
    looks(world, 20)
    world.placing().reinspect(call)

    assert world.held[HELD][-1].legal_hold
    [copy] = [one for one in world.files[call].present if one.hold_key == HELD]
    assert copy.lock == Protection(retain_until=world.hold("C-1", call).hold_until, legal_hold=False)
