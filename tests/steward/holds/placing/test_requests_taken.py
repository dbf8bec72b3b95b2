"""Which facts a request leaves in the register, what is done at once, and what the complaints team hears of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.failures import Unavailable
from steward.holds.cases import Case
from steward.holds.placing import Placing
from steward.holds.ports import VersionConflict
from steward.holds.register import ContactHolds, HoldStatus, ReleaseNote
from steward.holds.requests import BadRequest, Closure, Doubt, Escalation
from steward.ids import CaseRef, ContactId
from steward.policy.holds import HoldReason, Stage
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_ports import FakeRegister
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
FLAGGED = datetime(2027, 5, 4, 8, 30, tzinfo=UTC)
END = datetime(2028, 11, 3, tzinfo=UTC)
CASE = CaseRef("C-1")


def calls(world: HoldFixture, number: int) -> list[ContactId]:
    return [world.contact(f"call-{one}", JANUARY, keys=[f"2027/01/12/call-{one}.wav"]) for one in range(1, number + 1)]


def test_a_hold_states_its_case_its_end_and_who_asked_for_it(world: HoldFixture) -> None:
    [call] = calls(world, 1)
    world.placing().place(complaint(call, signal="contact_tags"))

    hold = world.hold("C-1", call)
    assert (hold.case, hold.contact_id, hold.reason, hold.stage) == ("C-1", call, HoldReason.COMPLAINT, Stage.ONE)
    assert (hold.received_on, hold.received_on_assumed) == (date(2027, 5, 3), False)
    assert (hold.hold_until, hold.open_ended) == (END, False)
    assert (hold.requested_by, hold.signal, hold.placed_at) == ("complaints", "contact_tags", world.moment)
    assert hold.policy_version == world.policy.council.policy_version
    assert (hold.release, hold.again_after, hold.inspected) == (None, "", True)


def test_a_date_that_nobody_stated_is_marked_as_assumed(world: HoldFixture) -> None:
    [call] = calls(world, 1)
    world.placing().place(complaint(call, assumed=True))

    assert world.hold("C-1", call).received_on_assumed


def test_three_contacts_are_held_at_once_and_four_go_to_the_queue_with_their_flag(world: HoldFixture) -> None:
    world.placing().place(complaint(*calls(world, 3)))
    assert len(world.files) == 3
    world.queue.clear()

    four = calls(world, 4)
    world.placing().place(complaint(*four, case="C-2", signal="contact_tags", flagged_at=FLAGGED))
    assert [(kind, task) for kind, task, _ in world.queue] == [
        ("hold", ("C-2", one, "contact_tags", FLAGGED.isoformat())) for one in four
    ]


def test_the_same_contact_named_four_times_is_one(world: HoldFixture) -> None:
    [call] = calls(world, 1)
    world.placing().place(complaint(call, call, call, call))

    assert world.hold("C-1", call).status is HoldStatus.HELD


@pytest.mark.parametrize(("others", "queued"), [(3, False), (4, True)])
def test_a_chain_of_more_than_three_others_goes_to_the_queue_with_its_flag(
    world: HoldFixture,
    others: int,
    queued: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    first, *rest = calls(world, others + 1)
    world.chains[first] = tuple(rest)
    world.placing().place(complaint(first, flagged_at=FLAGGED))

    tasks = [task for kind, task, _ in world.queue if kind == "hold"]
    assert tasks == ([("C-1", one, "chain", FLAGGED.isoformat()) for one in rest] if queued else [])
    assert len(world.files) == (1 if queued else 4)


@pytest.mark.parametrize(("number", "queued"), [(3, False), (4, True)])
def test_news_of_a_case_with_more_than_three_contacts_reach_them_through_the_queue(
    world: HoldFixture,
    number: int,
    queued: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    held = calls(world, number)
    world.placing().place(complaint(*held))
    world.work_off()
    world.queue.clear()

    world.placing().escalate(Escalation(case=CASE, stage=Stage.TWO, on=date(2027, 5, 4), requested_by="x"))

    assert [task for kind, task, _ in world.queue if kind == "apply"] == [("C-1", one) for one in held if queued]
    assert all(world.hold("C-1", one).open_ended is not queued for one in held)


def test_a_contact_that_connect_does_not_know_is_looked_at_again_a_quarter_of_an_hour_an_hour_and_a_day_after_its_flag(
    world: HoldFixture,
) -> None:
    [call] = calls(world, 1)
    world.people.clear()
    flagged = world.moment
    world.placing().place(complaint(call))

    looks = []
    while world.queue:
        [(kind, task, at)] = world.queue
        assert kind == "recheck"
        looks.append((task[1], at - flagged))
        world.work_off(at)
    assert looks == [("1", timedelta(minutes=15)), ("2", timedelta(hours=1)), ("3", timedelta(hours=24))]


DOUBT = Doubt(field="stage", problem="must be 1, 2 or ombudsman; counted as stage 1")
NOT_GIVEN = Doubt(field="received_on", problem="was not given; the hold is counted from the day of the flag")


def test_the_team_hears_in_one_message_what_could_not_be_used(world: HoldFixture) -> None:
    [call] = calls(world, 1)
    world.placing().place(replace(complaint(call, assumed=True), doubts=(DOUBT, NOT_GIVEN)))
    assert world.doubts == [("C-1", (DOUBT, NOT_GIVEN), (call,))]


@pytest.mark.parametrize("failing", ["register.save_case", "connect.associated", "notices"])
def test_whatever_failed_the_first_time_the_team_hears_once_of_what_could_not_be_used(
    world: HoldFixture, failing: str
) -> None:
    [call] = calls(world, 1)
    request = replace(complaint(call, assumed=True), doubts=(DOUBT,))
    world.fail_before = {failing: 1}
    with pytest.raises(Unavailable):
        world.placing().place(request)

    world.placing().place(request)
    assert world.doubts == [("C-1", (DOUBT,), (call,))]


def test_a_message_that_cannot_be_sent_holds_no_hold_up(world: HoldFixture) -> None:
    [call] = calls(world, 1)
    world.fail_before = {"notices": 1}
    with pytest.raises(Unavailable):
        world.placing().place(replace(complaint(call, assumed=True), doubts=(DOUBT,)))

    assert world.files[call].hold_of(CASE) is not None
    assert world.files[call].present


def test_a_date_left_out_is_no_news_where_the_cases_date_is_known(world: HoldFixture) -> None:
    [call] = calls(world, 1)
    world.placing().place(complaint(call))
    world.placing().place(replace(complaint(call, assumed=True), doubts=(NOT_GIVEN,)))
    assert world.doubts == []

    world.placing().place(replace(complaint(call, assumed=True), doubts=(NOT_GIVEN, DOUBT)))
    assert world.doubts == [("C-1", (DOUBT,), (call,))]


def test_a_date_whose_hold_ends_with_the_flag_is_not_believed_and_one_a_day_later_is(world: HoldFixture) -> None:
    """A complaint of stage 1 is held for 18 months: one received on 3 November 2025 until 3 May 2027, 23:00 UTC."""
    [call] = calls(world, 1)
    old = date(2025, 11, 2)
    ends = datetime(2027, 5, 1, 23, tzinfo=UTC)
    world.placing().place(complaint(call, received=old, flagged_at=ends - timedelta(seconds=1)))
    assert world.doubts == []

    world.placing().place(complaint(call, case="C-2", received=old, flagged_at=ends))
    [(case, [doubt], contacts)] = world.doubts
    assert (case, contacts) == ("C-2", (call,))
    assert doubt.field == "received_on"
    assert doubt.problem == ("the hold would have ended on 2027-05-02; the hold is counted from the day of the flag")
    assert (world.hold("C-2", call).received_on, world.hold("C-2", call).received_on_assumed) == (
        date(2027, 5, 2),
        True,
    )


def test_a_hold_that_had_already_ended_is_registered_as_over_and_says_so(world: HoldFixture) -> None:
    [call] = calls(world, 1)
    world.placing().place(complaint())
    world.moment = END
    world.placing().hold(CASE, call, "contact_tags", END)

    hold = world.hold("C-1", call)
    why = "the hold had already ended on 2028-11-03"
    assert hold.release == ReleaseNote(by="", approved_by="", why=why, at=END)
    assert [one.why for one in hold.missing] == [why]
    assert not world.copies(call)


@pytest.mark.parametrize(
    "ask",
    [
        lambda placing: placing.escalate(Escalation(case=CASE, stage=Stage.TWO, on=date(2027, 5, 4), requested_by="x")),
        lambda placing: placing.close(Closure(case=CASE, closed_on=date(2027, 5, 4), requested_by="x")),
        lambda placing: placing.hold(CASE, ContactId("call-1"), "case_event"),
        lambda placing: placing.apply(CASE, ContactId("call-1")),
    ],
)
def test_what_overtakes_its_complaint_is_refused_for_now_about_its_case(
    world: HoldFixture, ask: Callable[[Placing], None]
) -> None:
    with pytest.raises(BadRequest) as caught:
        ask(world.placing())

    refusal = caught.value
    assert (str(refusal), refusal.about, refusal.final) == ("case: is not on record", "case C-1", False)


def test_a_closure_on_the_day_of_the_receipt_is_taken_and_one_before_it_is_refused_for_good(world: HoldFixture) -> None:
    world.placing().place(complaint(*calls(world, 1)))
    with pytest.raises(BadRequest) as caught:
        world.placing().close(Closure(case=CASE, closed_on=date(2027, 5, 2), requested_by="x"))
    refusal = caught.value
    assert str(refusal) == "closed_on: lies before the date on which the case was received"
    assert (refusal.about, refusal.final) == ("case C-1", True)

    world.placing().close(Closure(case=CASE, closed_on=date(2027, 5, 3), requested_by="x"))
    closure = world.cases[CASE].closure
    assert closure is not None
    assert closure.on == date(2027, 5, 3)


@dataclass
class Busy(FakeRegister):
    """A register that others write before each of so many of our own writes."""

    conflicts: int = 0

    def save_case(self, before: Case | None, after: Case) -> None:
        self._meanwhile()
        super().save_case(before, after)

    def save(self, before: ContactHolds, after: ContactHolds) -> ContactHolds:
        self._meanwhile()
        return super().save(before, after)

    def _meanwhile(self) -> None:
        if self.conflicts:
            self.conflicts -= 1
            raise VersionConflict


@pytest.mark.parametrize("conflicts", [3, 4])
def test_a_case_that_others_keep_changing_is_tried_four_times(world: HoldFixture, conflicts: int) -> None:
    placing = replace(world.placing(), register=Busy(world, conflicts=conflicts))
    if conflicts == 4:
        with pytest.raises(VersionConflict, match=r"^the case changed 4 times while it was written$"):
            placing.place(complaint())
    else:
        placing.place(complaint())
    assert (CASE in world.cases) is (conflicts == 3)


@pytest.mark.parametrize("conflicts", [3, 4])
def test_a_contact_that_others_keep_changing_is_tried_four_times(world: HoldFixture, conflicts: int) -> None:
    [call] = calls(world, 1)
    world.placing().place(complaint())
    placing = replace(world.placing(), register=Busy(world, conflicts=conflicts))
    if conflicts == 4:
        with pytest.raises(VersionConflict, match=r"^the contact's file changed 4 times while it was written$"):
            placing.hold(CASE, call, "case_event")
    else:
        placing.hold(CASE, call, "case_event")
    assert (call in world.files) is (conflicts == 3)
