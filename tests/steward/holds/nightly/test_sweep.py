from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.register import HoldStatus
from steward.holds.requests import Closure
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.holds import Stage
from steward.retention.disposal import DisposalSwitch, Mode
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
KEY = "connect/barnet/CallRecordings/2027/01/12/call-1_20270112T10:00_UTC.wav"
END = datetime(2028, 11, 3, tzinfo=UTC)


def always() -> bool:
    return True


@pytest.fixture
def held(world: HoldFixture) -> ContactId:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    world.queue.clear()
    return call


def test_nothing_is_disposed_of_before_the_end_of_the_hold(world: HoldFixture, held: ContactId) -> None:
    world.moment = END - timedelta(seconds=1)
    world.sweep().run(always)

    assert world.hold("C-1", held).status is HoldStatus.HELD
    assert world.copies(held)


def test_everything_is_disposed_of_when_the_hold_has_ended(world: HoldFixture, held: ContactId) -> None:
    world.end(END)
    tally = world.sweep().run(always)

    over = world.hold("C-1", held)
    assert over.status is HoldStatus.DISPOSED
    assert over.release is not None
    assert over.release.at == world.moment
    assert not any(world.held.values())
    assert (tally.scoped, tally.done, tally.failed, tally.skipped) == (3, 3, 0, 0)
    assert set(world.ledger.values()) == {"hold_ended"}
    assert len(world.ledger) == 3


def test_a_contact_that_was_disposed_of_is_not_looked_at_again(world: HoldFixture, held: ContactId) -> None:
    world.end(END)
    world.sweep().run(always)
    world.moment += timedelta(days=400)

    assert world.sweep().run(always).contacts == 0
    assert world.files[held].next_action_at is None


def test_a_contact_that_another_case_holds_stays(world: HoldFixture, held: ContactId) -> None:
    world.placing().place(complaint(held, case="C-2", received=date(2027, 5, 4)))
    world.end(END)
    world.sweep().run(always)

    over = world.hold("C-1", held)
    assert over.status is HoldStatus.RELEASED
    assert over.release is not None
    assert (over.release.at, over.release.by, over.release.why) == (world.moment, "", "the hold reached its end")
    assert world.hold("C-2", held).status is HoldStatus.HELD
    assert world.copies(held, of="call_recording")

    world.moment = END + timedelta(days=1)
    world.sweep().run(always)
    assert world.hold("C-2", held).status is HoldStatus.DISPOSED
    assert not any(world.held.values())


def test_an_open_ended_hold_is_never_due(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, stage=Stage.TWO))
    world.moment = END + timedelta(days=3000)
    world.sweep().run(always)

    assert world.hold("C-1", call).status is HoldStatus.HELD
    assert world.copies(call)


def test_after_closure_the_copies_and_every_manifest_go(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, stage=Stage.TWO))
    world.moment = datetime(2029, 3, 1, 9, 0, tzinfo=UTC)
    world.placing().close(Closure(case=CaseRef("C-1"), closed_on=date(2029, 3, 1), requested_by="complaints"))
    world.end(world.hold("C-1", call).hold_until)
    world.sweep().run(always)

    assert world.hold("C-1", call).status is HoldStatus.DISPOSED
    assert not any(world.held.values())


def test_a_dry_run_counts_and_deletes_nothing(world: HoldFixture, held: ContactId) -> None:
    world.switch = DisposalSwitch(mode=Mode.DRY_RUN, limit=1000)
    world.end(END)
    tally = world.sweep().run(always)

    assert (tally.scoped, tally.done, tally.skipped) == (3, 0, 3)
    assert world.copies(held)
    assert not world.ledger


def test_the_limit_of_a_run_leaves_the_rest_for_the_next(world: HoldFixture) -> None:
    calls = [world.contact(f"call-{n}", JANUARY, keys=[f"2027/01/12/call-{n}.wav"]) for n in range(3)]
    world.placing().place(complaint(*calls))
    world.end(END)
    world.switch = DisposalSwitch(mode=Mode.ON, limit=7)
    first = world.sweep().run(always)
    repeated = world.sweep().run(always)
    world.moment += timedelta(days=1)
    next_night = world.sweep().run(always)

    assert (first.done, first.skipped) == (6, 3)
    assert (repeated.done, repeated.skipped) == (0, 3), "Lambda repeats a run; the limit is the night's"
    assert next_night.done == 3


def test_what_s3_refuses_to_delete_stays_and_is_tried_again(world: HoldFixture, held: ContactId) -> None:
    ((_, version), _) = world.copies(held)
    version.retain_until = END + timedelta(days=5)
    world.end(END)
    tally = world.sweep().run(always)
    assert tally.failed == 1
    assert world.hold("C-1", held).status is HoldStatus.HELD

    world.moment = END + timedelta(days=6)
    world.sweep().run(always)
    assert world.hold("C-1", held).status is HoldStatus.DISPOSED


def test_at_the_end_of_a_hold_a_legal_hold_that_somebody_set_by_hand_stays_and_is_told(
    world: HoldFixture, held: ContactId
) -> None:
    ((_, version), _) = world.copies(held)
    version.legal_hold = True
    world.end(END)
    tally = world.sweep().run(always)
    assert version.legal_hold
    assert tally.refused[held].startswith("S3 refused to delete 1 of")

    version.legal_hold, world.moment = False, END + timedelta(days=1)
    world.sweep().run(always)
    assert world.hold("C-1", held).status is HoldStatus.DISPOSED


def test_a_disposal_that_failed_is_tried_again_the_next_night_though_that_begins_earlier(
    world: HoldFixture, held: ContactId
) -> None:
    world.end(END + timedelta(seconds=50))
    world.fail_before["evidence.dispose"] = 2
    world.sweep().run(always)
    assert world.hold("C-1", held).status is HoldStatus.HELD

    world.moment = END + timedelta(hours=23)
    world.sweep().run(always)
    assert world.hold("C-1", held).status is HoldStatus.DISPOSED


def test_the_complaints_team_is_reminded_60_30_and_7_days_before_the_end_and_once_each(
    world: HoldFixture, held: ContactId
) -> None:
    reminded = {}
    while world.moment < END:
        world.moment += timedelta(days=1)
        known = len(world.told)
        world.sweep().run(always)
        world.queue.clear()
        for kind, _, _ in world.told[known:]:
            reminded[kind] = (END.date() - world.moment.date()).days
    assert reminded == {"ending-60": 60, "ending-30": 30, "ending-7": 7}
    assert len(world.told) == 3
    assert held


def test_late_artefacts_are_found_by_the_inspection_that_the_sweep_asks_for(
    world: HoldFixture, held: ContactId
) -> None:
    late = "Analysis/Voice/2027/01/12/call-1_analysis_2027-01-12T10:09:00Z.json"
    world.record(RecordClass.CALL_RECORDING, late)
    world.moment += timedelta(days=3)
    world.sweep().run(always)
    world.work_off()

    assert world.copies(held, of=late)


def test_a_copy_that_somebody_removed_is_made_again_while_its_original_lives(
    world: HoldFixture, held: ContactId
) -> None:
    (copied,) = world.copies(held, of="call_recording")
    world.held[copied[0]].clear()
    world.moment += timedelta(days=1, hours=1)
    world.placing().reinspect(held)

    assert world.copies(held, of="call_recording")


def test_an_analysis_whose_copy_and_original_are_both_gone_stays_reported_as_missing(world: HoldFixture) -> None:
    analysis = "Analysis/Voice/2027/01/12/call-1_analysis_2027-01-12T10:09:00Z.json"
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.record(RecordClass.CALL_RECORDING, analysis, at=JANUARY)
    world.placing().place(complaint(call))
    (copied,) = world.copies(call, of="Analysis")
    world.held[copied[0]].clear()
    del world.records[RecordClass.CALL_RECORDING, analysis]
    for _ in range(2):
        world.moment += timedelta(days=1, hours=1)
        world.placing().reinspect(call)

        assert world.hold("C-1", call).status is HoldStatus.PARTIAL
        assert [one.source_key for one in world.hold("C-1", call).missing] == [analysis]


def test_a_lock_that_somebody_changed_is_put_right(world: HoldFixture, held: ContactId) -> None:
    (_, version), *_ = world.copies(held, of="call_recording")
    version.retain_until = world.moment + timedelta(days=20)
    world.moment += timedelta(days=1, hours=1)
    world.placing().reinspect(held)

    assert version.retain_until == END


def test_an_open_hold_costs_a_bounded_number_of_inspections(world: HoldFixture, held: ContactId) -> None:
    # After three days, every fifteen while an original may live, and then every thirty.
    inspections = 0
    while world.moment < END - timedelta(days=1):
        world.moment += timedelta(days=1)
        inspections += world.sweep().run(always).inspections
        world.work_off()
    assert 20 <= inspections <= 26
    assert held


def test_a_sweep_that_missed_a_week_catches_up(world: HoldFixture, held: ContactId) -> None:
    world.end(END)
    world.moment = END + timedelta(days=7)
    world.sweep().run(always)

    assert world.hold("C-1", held).status is HoldStatus.DISPOSED


def test_a_sweep_out_of_time_goes_on_where_it_stopped(world: HoldFixture) -> None:
    calls = [world.contact(f"call-{n}", JANUARY, keys=[f"2027/01/12/call-{n}.wav"]) for n in range(5)]
    world.placing().place(complaint(*calls))
    world.work_off()
    world.queue.clear()
    world.end(END)
    budget = iter([True] * 7)
    first = world.sweep().run(lambda: next(budget, False))
    assert first.errors == ["out of time"]
    assert [world.hold("C-1", call).status for call in calls].count(HoldStatus.DISPOSED) == 2
    second = world.sweep().run(always)

    assert second.contacts == 3
    assert {world.hold("C-1", call).status for call in calls} == {HoldStatus.DISPOSED}


def test_a_disposal_survives_the_end_of_the_process_after_any_call(world: HoldFixture, held: ContactId) -> None:
    for number in range(1, 12):
        other = HoldFixture(policy=world.policy)
        call = other.contact("call-1", JANUARY, keys=[KEY])
        other.placing().place(complaint(call))
        other.end(END)
        other.kill_after = number
        for _ in range(3):
            with suppress(Killed):
                other.sweep().run(always)
            other.moment += timedelta(days=1)
        assert other.hold("C-1", call).status is HoldStatus.DISPOSED, number
        assert not any(other.held.values()), number
    assert held
