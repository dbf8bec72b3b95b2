"""A contact that is held already: flagged again, corrected, escalated, closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from steward.holds.register import HoldStatus
from steward.holds.requests import Closure, Escalation
from steward.ids import CaseRef
from steward.policy.holds import Stage
from tests.support.hold_fixture import HoldFixture
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


def test_an_escalation_that_arrives_before_its_complaint_is_not_lost(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().escalate(
        Escalation(case=CaseRef("C-1"), stage=Stage.TWO, on=date(2027, 5, 4), requested_by="complaints")
    )
    world.placing().place(complaint(call))

    assert world.hold("C-1", call).stage is Stage.TWO
    assert world.hold("C-1", call).open_ended


def test_a_hold_whose_end_has_passed_already_holds_nothing_and_says_so(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])

    world.placing().place(complaint(call, received=date(2025, 1, 6)))

    hold = world.hold("C-1", call)
    assert hold.status is HoldStatus.NOTHING_HELD
    assert [one.why for one in hold.missing] == ["the hold had already ended on 2026-07-06"]
    assert world.copies(call) == []
