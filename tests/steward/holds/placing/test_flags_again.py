"""A contact that is held already: flagged again, corrected, escalated, closed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.register import HoldStatus, ReleaseNote
from steward.holds.requests import BadRequest, Closure, Escalation
from steward.ids import CaseRef
from steward.policy.holds import Stage
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
KEY = "connect/barnet/CallRecordings/2027/01/12/call-1_20270112T10:00_UTC.wav"
END = datetime(2028, 11, 3, tzinfo=UTC)


def test_a_repeated_flag_changes_nothing_and_copies_nothing(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    before, copied = world.files[call], world.calls["evidence.copy"]

    world.placing().place(complaint(call))

    assert world.files[call] == before
    assert world.calls["evidence.copy"] == copied


def test_a_second_case_extends_the_lock_of_the_one_copy_and_never_shortens_it(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, case="C-1", received=date(2027, 4, 1)))
    world.placing().place(complaint(call, case="C-2", received=date(2027, 5, 3)))
    world.placing().place(complaint(call, case="C-3", received=date(2027, 3, 1)))

    (copy,) = world.copies(call, of="call_recording")
    assert copy[1].retain_until == END
    assert {world.hold(case, call).status for case in ("C-1", "C-2", "C-3")} == {HoldStatus.HELD}


def test_a_corrected_earlier_date_does_not_shorten_the_hold(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    world.placing().place(complaint(call, received=date(2027, 2, 1)))

    assert world.hold("C-1", call).hold_until == END
    assert {version.retain_until for _, version in world.copies(call)} == {END}


def test_a_corrected_later_date_extends_the_hold(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, received=date(2027, 2, 1)))
    world.placing().place(complaint(call))

    assert world.hold("C-1", call).hold_until == END
    assert {version.retain_until for _, version in world.copies(call)} == {END}


def test_an_ombudsman_case_is_held_without_an_end_until_it_is_closed(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    world.placing().escalate(
        Escalation(case=CaseRef("C-1"), stage=Stage.OMBUDSMAN, on=date(2027, 5, 4), requested_by="complaints")
    )
    assert world.hold("C-1", call).open_ended
    assert all(version.legal_hold for _, version in world.copies(call))

    world.moment = datetime(2029, 3, 1, 9, 0, tzinfo=UTC)
    world.placing().close(Closure(case=CaseRef("C-1"), closed_on=date(2029, 3, 1), requested_by="complaints"))

    period = world.policy.holds.reasons["complaint"]  # type: ignore[index]
    assert period.months_after_closure is not None
    hold = world.hold("C-1", call)
    assert not hold.open_ended
    assert hold.hold_until > datetime(2029, 3, 1, tzinfo=UTC) + timedelta(days=28 * period.months_after_closure)
    assert not any(version.legal_hold for _, version in world.copies(call))
    assert {version.retain_until for _, version in world.copies(call)} == {hold.hold_until}


def test_an_escalation_that_arrives_before_its_complaint_makes_no_case_and_is_taken_when_it_comes_again(
    world: HoldFixture,
) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    escalation = Escalation(case=CaseRef("C-1"), stage=Stage.TWO, on=date(2027, 5, 4), requested_by="complaints")
    with pytest.raises(BadRequest, match="case: is not on record") as refusal:
        world.placing().escalate(escalation)
    assert not refusal.value.final
    assert not world.cases
    world.placing().place(complaint(call))
    world.placing().escalate(escalation)

    assert world.hold("C-1", call).stage is Stage.TWO
    assert world.hold("C-1", call).open_ended


def test_a_date_that_would_end_the_hold_before_it_begins_is_not_believed_and_told(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])

    world.placing().place(complaint(call, received=date(2025, 1, 6)))

    hold = world.hold("C-1", call)
    assert (hold.status, hold.received_on, hold.received_on_assumed) == (HoldStatus.HELD, date(2027, 5, 4), True)
    [(case, doubts, contacts)] = world.doubts
    assert (case, contacts) == ("C-1", (call,))
    [doubt] = doubts
    assert doubt.field == "received_on"
    assert "2026-07-06" in doubt.problem


def test_an_old_date_of_a_case_that_has_no_end_is_believed(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, received=date(2025, 1, 6), stage=Stage.OMBUDSMAN))

    hold = world.hold("C-1", call)
    assert (hold.received_on, hold.received_on_assumed, hold.open_ended) == (date(2025, 1, 6), False, True)
    assert all(version.legal_hold for _, version in world.copies(call))
    assert world.doubts == []


def test_a_closing_before_the_receipt_is_refused_and_changes_nothing(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, stage=Stage.TWO))
    before = dict(world.cases)
    with pytest.raises(BadRequest, match="closed_on: lies before the date on which the case was received"):
        world.placing().close(Closure(case=CaseRef("C-1"), closed_on=date(2024, 3, 9), requested_by="complaints"))
    assert world.cases == before
    assert world.hold("C-1", call).open_ended


def test_references_are_compared_without_case(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, case="Cmp-1"))
    world.placing().place(complaint(call, case="CMP-1", stage=Stage.TWO))

    [hold] = world.files[call].holds
    assert (hold.case, hold.stage) == ("Cmp-1", Stage.TWO)


def test_a_flag_after_the_end_holds_what_is_still_there_again_and_tells(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    file = world.files[call]
    ended = replace(
        world.hold("C-1", call),
        status=HoldStatus.DISPOSED,
        release=ReleaseNote(by="", approved_by="", why="the hold reached its end", at=END),
    )
    world.files[call] = file.with_hold(ended)
    world.moment = END + timedelta(days=30)
    world.placing().place(complaint(call, flagged_at=world.moment))

    hold = world.hold("C-1", call)
    assert (hold.active, hold.received_on_assumed) == (True, True)
    assert ("held again", "C-1", call) in world.told
    assert not hold.again_after, "told once"


def test_a_flag_made_before_the_release_holds_nothing_again_and_one_made_after_it_does(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    at = datetime(2027, 5, 10, 9, 0, tzinfo=UTC)
    file = world.files[call]
    released = replace(
        world.hold("C-1", call),
        status=HoldStatus.RELEASED,
        release=ReleaseNote(by="a", approved_by="b", why="withdrawn", at=at),
    )
    world.files[call] = file.with_hold(released)
    world.moment = at + timedelta(days=1)

    world.placing().place(complaint(call))
    assert not world.hold("C-1", call).active, "the flag that was released came a second time"

    world.placing().place(complaint(call, flagged_at=world.moment))
    assert world.hold("C-1", call).active
    assert ("held again", "C-1", call) in world.told


def test_a_flag_that_dies_anywhere_reaches_the_cases_other_contacts_when_it_comes_again(world: HoldFixture) -> None:
    first, second = (world.contact(f"call-{one}", JANUARY, keys=[f"call-{one}.wav"]) for one in (1, 2))
    world.placing().place(complaint(first))
    further = complaint(second, stage=Stage.TWO, flagged_at=world.moment)
    for number in range(1, 40):
        world.kill_after = number
        with suppress(Killed):
            world.placing().place(further)
        world.kill_after = -1
        if world.files[first].holds[0].open_ended:
            break
    world.placing().place(further)

    assert [world.hold("C-1", call).open_ended for call in (first, second)] == [True, True]
    assert not world.cases[CaseRef("C-1")].behind


def test_a_date_whose_period_is_over_is_believed_while_its_case_is_open(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    old = date(2025, 10, 9)
    world.placing().place(complaint(call, received=old, stage=Stage.TWO, flagged_at=world.moment))
    world.placing().place(complaint(call, received=old, flagged_at=world.moment + timedelta(hours=1)))

    hold = world.hold("C-1", call)
    assert (hold.received_on, hold.received_on_assumed, hold.open_ended) == (old, False, True)
    assert world.doubts == []


def test_a_flag_in_the_second_of_the_release_holds_again(world: HoldFixture) -> None:
    """EventBridge's times have whole seconds (Amazon EventBridge user guide, "Event structure reference")."""
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    world.moment += timedelta(hours=1, microseconds=300_000)
    world.agree("C-1")
    world.releasing().release(CaseRef("C-1"))
    assert world.hold("C-1", call).status is HoldStatus.RELEASED

    world.placing().place(complaint(call, flagged_at=world.moment.replace(microsecond=0)))
    assert world.hold("C-1", call).status is HoldStatus.HELD


def test_the_latest_end_that_a_case_ever_asked_for_is_that_of_a_contact_that_is_flagged_now(world: HoldFixture) -> None:
    """A policy that was shortened since shortens no case that was logged under the longer period."""
    first, later = (world.contact(name, JANUARY, keys=[KEY.replace("call-1", name)]) for name in ("call-1", "call-2"))
    world.placing().place(complaint(first))
    longer = END + timedelta(days=365)
    world.cases[CaseRef("C-1")] = replace(world.cases[CaseRef("C-1")], hold_until=longer)

    world.placing().place(complaint(later))

    assert world.hold("C-1", later).hold_until == longer
