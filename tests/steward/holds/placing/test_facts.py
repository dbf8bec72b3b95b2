"""How what is stated of a case later reaches the holds on its contacts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.holds.register import Announcement, ContactHolds, Hold, HoldStatus, ReleaseNote, next_action
from steward.holds.requests import Escalation
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage
from tests.support.copier_fixture import hold
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_ports import FakeNotices
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
KEY = "2027/01/12/call-1.wav"
NOTE = ReleaseNote(by="a.officer", approved_by="b.manager", why="Withdrawn", at=datetime(2027, 5, 4, 9, tzinfo=UTC))


def leaving(world: HoldFixture, contact: ContactId, case: str = "C-1") -> Hold:
    """Let the days of grace of a release run for that contact's hold."""
    one = replace(world.hold(case, contact), leaving=NOTE, leaves_at=world.moment + timedelta(days=7))
    world.files[contact] = world.files[contact].with_hold(one)
    return one


def test_a_date_that_is_stated_later_takes_the_place_of_one_that_was_assumed(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, received=date(2027, 5, 4), assumed=True))
    assert world.hold("C-1", call).received_on_assumed

    world.placing().place(complaint(call, received=date(2027, 5, 1)))

    known = world.hold("C-1", call)
    assert (known.received_on, known.received_on_assumed) == (date(2027, 5, 1), False)
    assert known.hold_until == datetime(2028, 11, 4, tzinfo=UTC), "nothing that is said later shortens a hold"


def test_a_further_reason_and_stage_reach_a_hold_that_stands(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))

    world.placing().place(complaint(call, reason=HoldReason.LEGAL_CLAIM, stage=Stage.TWO))

    known = world.hold("C-1", call)
    assert (known.reason, known.stage, known.open_ended) == (HoldReason.LEGAL_CLAIM, Stage.TWO, True)


@pytest.mark.parametrize(
    ("first", "then", "stage"),
    [
        (Stage.TWO, Stage.OMBUDSMAN, Stage.OMBUDSMAN),
        (Stage.OMBUDSMAN, Stage.TWO, Stage.OMBUDSMAN),
        (Stage.TWO, Stage.TWO, Stage.TWO),
    ],
)
def test_a_case_is_at_the_furthest_stage_that_was_ever_said(
    world: HoldFixture, first: Stage, then: Stage, stage: Stage
) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    for said in (first, then):
        on = date(2027, 5, 4)
        world.placing().escalate(Escalation(case=CaseRef("C-1"), stage=said, on=on, requested_by="", at=world.moment))

    assert world.hold("C-1", call).stage is stage


@pytest.mark.parametrize(("later", "back"), [(0, False), (1, True)])
def test_a_case_taken_further_after_its_release_was_approved_brings_its_hold_back(
    world: HoldFixture,
    later: int,
    back: bool,  # noqa: FBT001 - a case of the test
) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    before = leaving(world, call)
    world.told.clear()

    at = NOTE.at + timedelta(seconds=later)
    world.placing().escalate(
        Escalation(case=CaseRef("C-1"), stage=Stage.TWO, on=date(2027, 5, 4), requested_by="", at=at)
    )

    known = world.hold("C-1", call)
    kept = (None, None, world.moment) if back else (NOTE, before.leaves_at, before.kept_at)
    assert (known.leaving, known.leaves_at, known.kept_at) == kept
    assert (("held again", "C-1", call) in world.told) == back


def test_an_open_ended_hold_that_is_being_released_is_not_brought_back_by_what_was_known(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call, stage=Stage.TWO))
    before = leaving(world, call)

    world.placing().apply(CaseRef("C-1"), call)

    assert world.hold("C-1", call).leaves_at == before.leaves_at


def test_a_look_at_a_contact_does_not_bring_back_what_is_being_released_of_its_chain(world: HoldFixture) -> None:
    first = world.contact("call-1", JANUARY, keys=[KEY])
    second = world.contact("call-2", JANUARY, keys=["2027/01/12/call-2.wav"])
    world.chains = {first: (second,)}
    world.placing().place(complaint(first))
    leaving(world, second)

    world.placing().reinspect(first)

    assert world.hold("C-1", second).leaving == NOTE


@pytest.mark.parametrize(
    ("by", "at", "said"),
    [
        ("", datetime(2028, 11, 5, 3, tzinfo=UTC), "over on 2028-11-05"),
        ("a.officer", datetime(2027, 6, 30, 23, 30, tzinfo=UTC), "released on 2027-07-01"),
    ],
)
def test_a_hold_that_is_asked_for_again_says_what_had_become_of_it_and_on_which_london_date(
    world: HoldFixture, monkeypatch: pytest.MonkeyPatch, by: str, at: datetime, said: str
) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    over = replace(world.hold("C-1", call), status=HoldStatus.RELEASED, release=replace(NOTE, by=by, at=at))
    world.files[call] = world.files[call].with_hold(over)
    told: list[str] = []
    monkeypatch.setattr(FakeNotices, "held_again", lambda _self, one: told.append(one.again_after))
    world.moment = at + timedelta(days=1)

    again = complaint(call, received=world.moment.date() - timedelta(days=1), flagged_at=world.moment)
    world.placing().place(again)

    assert told == [said]


def test_a_hold_that_is_over_is_left_alone_by_news_that_make_it_no_longer(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=[KEY])
    world.placing().place(complaint(call))
    over = replace(world.hold("C-1", call), status=HoldStatus.RELEASED, release=replace(NOTE, by="", approved_by=""))
    world.files[call] = world.files[call].with_hold(over)

    world.placing().apply(CaseRef("C-1"), call)

    assert world.hold("C-1", call) == over


def test_a_reminder_that_was_sent_is_not_what_the_next_night_waits_for() -> None:
    """By London's dates the reminder of 60 days is due from midnight there: 23:30 in UTC is within that day."""
    end = datetime(2028, 11, 3, tzinfo=UTC)
    now = datetime(2028, 9, 3, 23, 30, tzinfo=UTC)
    sent = replace(
        hold(placed_at=JANUARY),
        status=HoldStatus.HELD,
        announced=Announcement(end=end, since=now, days=(60,)),
    )
    file = ContactHolds(contact_id=sent.contact_id, holds=(sent,), inspected_at=now)

    assert next_action(file, now) == now + timedelta(weeks=4)
