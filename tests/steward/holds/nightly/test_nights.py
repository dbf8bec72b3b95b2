"""One contact's trouble is its own: the night of all the others is as it would have been."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from steward.failures import AwsError
from steward.holds.ports import VersionConflict
from steward.holds.register import ContactHolds, HoldStatus
from steward.holds.requests import Closure, Escalation
from steward.ids import CaseRef, ContactId
from steward.policy.holds import Stage
from steward.policy.model import Policy
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread
from tests.support.hold_fixture import HoldFixture
from tests.support.hold_requests import complaint

JANUARY = datetime(2027, 1, 12, 10, 0, tzinfo=UTC)
END = datetime(2028, 11, 3, tzinfo=UTC)
LATER = date(2027, 6, 3)
"""Received a month later: its end is 3 December 2028."""


def always() -> bool:
    return True


def night(policy: Policy, *, of: int = 3) -> HoldFixture:
    """Return a world before a night in which some contacts are to go, some to be inspected, and some reminded of."""
    world = HoldFixture(policy=policy)
    for number in range(of):
        for case, received in (("ends", date(2027, 5, 3)), ("stays", LATER)):
            call = world.contact(f"{case}-{number}", JANUARY, keys=[f"2027/01/12/{case}-{number}.wav"])
            world.moment = datetime(2027, 6, 4, 9, 0, tzinfo=UTC)
            world.placing().place(complaint(call, case=f"{case}-{number}", received=received))
    world.end(END)
    for contact_id, file in world.files.items():
        # A month was quiet: the next inspection is due.
        world.files[contact_id] = replace(file, inspected_at=END - timedelta(days=30), next_action_at=END)
    return world


def outcome(world: HoldFixture, *, without: str = "") -> dict[str, object]:
    """What the night left of every contact but one."""
    asked = {task[0] for kind, task, _ in world.queue if kind == "reinspect"}
    return {
        contact_id: (
            [(hold.status, hold.announced) for hold in file.holds],
            file.inspected_at,
            contact_id in asked,
            sorted(kind for kind, _, about in world.told if about == contact_id),
            len(world.copies(contact_id)),
        )
        for contact_id, file in world.files.items()
        if contact_id != without
    }


@pytest.fixture
def undisturbed(barnet: Policy) -> HoldFixture:
    world = night(barnet)
    world.moment += timedelta(hours=1)
    world.sweep().run(always)
    return world


@pytest.mark.parametrize("victim", ["ends-1", "stays-1"])
def test_a_contact_whose_rows_cannot_be_read_is_named_and_stops_no_other(
    barnet: Policy, undisturbed: HoldFixture, victim: str
) -> None:
    world = night(barnet)
    world.moment += timedelta(hours=1)
    world.unreadable = {ContactId(victim)}
    tally = world.sweep().run(always)

    assert tally.contacts_failed == {victim: "a row of kind Hold cannot be read"}
    assert tally.passing == 0
    assert outcome(world, without=victim) == outcome(undisturbed, without=victim)


def test_any_call_that_fails_once_leaves_the_night_as_it_would_have_been(
    barnet: Policy, undisturbed: HoldFixture
) -> None:
    for name, calls in undisturbed.calls.items():
        before = night(barnet).calls[name]
        for number in range(calls - before):
            world = night(barnet)
            world.moment += timedelta(hours=1)
            world.fail_at = {name: before + number + 1}
            tally = world.sweep().run(always)
            assert outcome(world) == outcome(undisturbed), (name, number)
            assert tally.contacts_failed == {}, (name, number)


def test_a_mistake_of_our_own_with_one_contact_stops_no_other(barnet: Policy, undisturbed: HoldFixture) -> None:
    world = night(barnet)
    world.moment += timedelta(hours=1)
    victim = ContactId("stays-1")
    world.files[victim] = None  # type: ignore[assignment]
    sweep = world.sweep()
    due = [one for one in undisturbed.files if one.startswith(("ends", "stays"))]
    object.__setattr__(sweep.register, "due", lambda _now: iter([ContactHolds(contact_id=one) for one in due]))
    tally = sweep.run(always)
    del world.files[victim]

    assert tally.contacts_failed == {victim: "AttributeError"}
    assert outcome(world) == outcome(undisturbed, without=victim)


def test_a_contact_counts_as_inspected_only_when_the_queue_took_the_work(barnet: Policy) -> None:
    world = night(barnet)
    world.moment += timedelta(hours=1)
    before = world.files[ContactId("stays-1")].inspected_at
    world.refused_rows = {"stays-1"}
    tally = world.sweep().run(always)

    assert world.files[ContactId("stays-1")].inspected_at == before
    assert tally.contacts_failed == {"stays-1": "sqs.SendMessageBatch answered InternalError"}
    assert tally.passing == 1
    assert {task[0] for kind, task, _ in world.queue if kind == "reinspect"} == {"stays-0", "stays-2"}

    world.refused_rows.clear()
    world.sweep().run(always)
    assert world.files[ContactId("stays-1")].inspected_at == world.moment


def test_a_contact_whose_file_keeps_changing_is_named_and_told_to_be_tried_soon(barnet: Policy) -> None:
    world = night(barnet)
    sweep = world.sweep()
    save, kept = sweep.register.save, ContactId("stays-1")

    def changed(before: ContactHolds, after: ContactHolds) -> ContactHolds:
        if before.contact_id == kept:
            raise VersionConflict
        return save(before, after)

    object.__setattr__(sweep.register, "save", changed)
    tally = sweep.run(always)

    assert tally.contacts_failed == {kept: "the contact's file kept changing"}
    assert tally.passing


def test_the_agenda_names_a_contact_that_is_not_on_record(barnet: Policy) -> None:
    world = night(barnet)
    sweep = world.sweep()
    object.__setattr__(sweep.register, "due", lambda _now: iter([ContactHolds(contact_id=ContactId("nobody"))]))
    tally = sweep.run(always)

    assert tally.contacts_failed == {"nobody": "the agenda names a contact that is not on record"}
    assert ContactId("nobody") not in world.files


def test_a_row_that_s3_refuses_stays_and_the_hold_is_not_called_disposed(barnet: Policy) -> None:
    world = night(barnet, of=1)
    world.refused_rows = {"ends-0/call_recording/2027/01/12/ends-0.wav"}
    tally = world.sweep().run(always)

    assert (tally.failed, tally.done) == (1, 2)
    assert tally.refused == {"ends-0": "S3 refused to delete 1 of 3 versions"}
    assert world.hold("ends-0", ContactId("ends-0")).status is HoldStatus.HELD

    world.refused_rows.clear()
    world.moment += timedelta(days=1)
    world.sweep().run(always)
    assert world.hold("ends-0", ContactId("ends-0")).status is HoldStatus.DISPOSED


def test_the_switch_is_asked_before_every_disposal(barnet: Policy) -> None:
    world = night(barnet)
    answers = iter([DisposalSwitch(mode=Mode.ON, limit=1000), DisposalSwitch(mode=Mode.ON, limit=6)])
    off = DisposalSwitch(mode=Mode.OFF, limit=1000)
    sweep = world.sweep()
    object.__setattr__(sweep, "switch", lambda: next(answers, off))
    tally = sweep.run(always)

    assert (tally.done, tally.skipped) == (6, 3)


def test_a_switch_that_cannot_be_read_means_off_and_the_rest_of_the_night_happens(barnet: Policy) -> None:
    world = night(barnet)
    sweep = world.sweep()

    def unread() -> DisposalSwitch:
        world.calls["asked"] += 1
        raise SwitchUnread("ssm.GetParameter", "ParameterNotFound")

    object.__setattr__(sweep, "switch", unread)
    tally = sweep.run(always)

    assert (tally.done, tally.skipped) == (0, 9)
    assert tally.errors == [
        "the disposal switch could not be read, which means off: ssm.GetParameter answered ParameterNotFound"
    ]
    assert world.calls["asked"] <= 6
    assert {task[0] for kind, task, _ in world.queue if kind == "reinspect"} == {"stays-0", "stays-1", "stays-2"}
    assert all(world.hold(f"ends-{n}", ContactId(f"ends-{n}")).status is HoldStatus.HELD for n in range(3))


def test_a_disposal_asks_for_the_inspection_that_frees_an_original_under_legal_hold(world: HoldFixture) -> None:
    key = "2027/01/12/call-1.wav"
    call = world.contact("call-1", JANUARY, keys=[key])
    world.denied = {key}
    world.placing().place(complaint(call))
    [version] = world.records["call_recording", key]
    assert version.legal_hold
    world.end(END)
    world.sweep().run(always)
    world.work_off()

    assert not version.legal_hold


# Reminders -----------------------------------------------------------------------------------------------------------
def reminders(world: HoldFixture, until: datetime) -> dict[tuple[str, int], datetime]:
    """Let the nights pass; return when which reminder of which case was sent."""
    sent: dict[tuple[str, int], datetime] = {}
    while world.moment < until:
        world.moment += timedelta(days=1)
        known = len(world.mails)
        world.sweep().run(always)
        world.queue.clear()
        for case, days, _ in world.mails[known:]:
            assert (case, days) not in sent
            sent[case, days] = world.moment
    return sent


def test_after_an_extension_the_reminders_of_the_new_end_are_sent_in_full(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call))
    early = reminders(world, END - timedelta(days=5))
    assert [days for _, days in early] == [60, 30, 7]

    on = world.moment.date()
    world.placing().escalate(Escalation(case=CaseRef("C-1"), stage=Stage.TWO, on=on, requested_by="officer.1"))
    closed = on + timedelta(days=40)
    world.moment += timedelta(days=40)
    world.placing().close(Closure(case=CaseRef("C-1"), closed_on=closed, requested_by="officer.1"))
    end = world.hold("C-1", call).hold_until
    assert end > END
    late = reminders(world, end + timedelta(days=1))

    assert [(end.date() - at.date()).days for at in late.values()] == [60, 30, 7]
    assert world.hold("C-1", call).status is HoldStatus.DISPOSED


def test_nothing_goes_whose_end_was_not_announced_a_week_before(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call))
    world.moment = END + timedelta(hours=2)
    world.sweep().run(always)
    assert world.mails == [("C-1", 0, date(2028, 11, 10))]

    world.moment = END + timedelta(days=6, hours=2)
    world.sweep().run(always)
    assert world.hold("C-1", call).status is HoldStatus.HELD

    world.moment = END + timedelta(days=7, hours=2)
    world.sweep().run(always)
    assert world.hold("C-1", call).status is HoldStatus.DISPOSED
    assert len(world.mails) == 1


def test_an_announcement_that_could_not_be_sent_does_not_count(world: HoldFixture) -> None:
    call = world.contact("call-1", JANUARY, keys=["2027/01/12/call-1.wav"])
    world.placing().place(complaint(call))
    world.moment = END - timedelta(days=7)
    world.fail_before["notices"] = 2
    tally = world.sweep().run(always)
    assert tally.contacts_failed == {call: "notices answered ServiceUnavailable"}
    assert world.hold("C-1", call).announced is None

    world.moment = END - timedelta(days=6)
    world.sweep().run(always)
    world.moment = END
    world.sweep().run(always)
    assert world.hold("C-1", call).status is HoldStatus.HELD

    world.moment = END + timedelta(days=1)
    world.sweep().run(always)
    assert world.hold("C-1", call).status is HoldStatus.DISPOSED


def test_sixty_one_contacts_of_a_case_are_reminded_of_in_one_message(world: HoldFixture) -> None:
    calls = [world.contact(f"call-{n:02}", JANUARY, keys=[f"2027/01/12/call-{n:02}.wav"]) for n in range(61)]
    world.placing().place(complaint(*calls))
    world.work_off()
    world.queue.clear()
    world.moment = END - timedelta(days=60)
    tally = world.sweep().run(always)

    assert world.mails == [("C-1", 60, date(2028, 11, 3))]
    assert tally.reminders == 61
    assert all(world.hold("C-1", call).announced for call in calls)


def test_a_switch_that_could_not_be_read_for_a_while_holds_nothing_back_once_it_can(barnet: Policy) -> None:
    world = night(barnet, of=5)
    sweep = world.sweep()
    asked = iter(range(99))

    def switch() -> DisposalSwitch:
        if next(asked) < 3:
            raise SwitchUnread("ssm.GetParameter", "InternalServerError")
        return world.switch

    object.__setattr__(sweep, "switch", switch)
    tally = sweep.run(always)

    assert (tally.done, tally.skipped, tally.errors) == (15, 0, [])


def test_a_note_that_cannot_be_kept_at_the_last_attempt_is_named_with_what_stood_in_its_way(barnet: Policy) -> None:
    world = night(barnet)
    sweep = world.sweep()
    save, kept = sweep.register.save, ContactId("stays-1")

    def broken(before: ContactHolds, after: ContactHolds) -> ContactHolds:
        if before.contact_id == kept:
            raise AwsError("dynamodb.TransactWriteItems", "AccessDeniedException")
        return save(before, after)

    object.__setattr__(sweep.register, "save", broken)

    assert sweep.run(always).contacts_failed == {kept: "dynamodb.TransactWriteItems answered AccessDeniedException"}
