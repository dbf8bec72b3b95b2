"""Resume: asked for in the register first, confirmed by Connect, and never mistaken for a pause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from steward.payments.adapters.items import PaymentLine, payments
from steward.payments.model import Answer, Reason, Status
from tests.steward.payments.fixture import CALL, START, PaymentFixture


def test_a_resume_restores_every_type_and_closes_the_interval(world: PaymentFixture) -> None:
    paused = world.ask("pause")
    world.later(minutes=2)

    answer = world.ask("resume")

    assert (answer.status, answer.reason, answer.reference) == (
        Status.RECORDING,
        Reason.CONFIRMED,
        paused.reference,
    )
    assert world.connect.recording[CALL] == {"AGENT": "recording", "SCREEN": "recording"}
    assert world.connect.tags[CALL] == {}
    resumed = datetime(2027, 1, 12, 14, 22, tzinfo=UTC)
    assert payments(world.items(), world.clock.now()) == [PaymentLine(CALL, START, resumed, "recording")]
    assert world.ask("status").status is Status.RECORDING


def test_two_payments_in_one_call_are_two_intervals(world: PaymentFixture) -> None:
    for _ in range(2):
        assert world.ask("pause").status is Status.PAUSED
        world.later(minutes=1)
        assert world.ask("resume").status is Status.RECORDING
        world.later(minutes=1)

    lines = payments(world.items(), world.clock.now())
    assert [line.paused_at for line in lines] == [START, datetime(2027, 1, 12, 14, 22, tzinfo=UTC)]


def test_a_second_resume_says_recording_again(world: PaymentFixture) -> None:
    world.ask("pause")
    world.ask("resume")

    answer = world.ask("resume")

    assert (answer.status, answer.reason) == (Status.RECORDING, Reason.ALREADY_RECORDING)


def test_a_resume_before_any_pause_confirms_nothing(world: PaymentFixture) -> None:
    answer = world.ask("resume")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.NO_OPEN_PAUSE)
    assert payments(world.items(), world.clock.now()) == []


def test_a_refused_payment_can_be_tried_again_after_the_flow_undid_it(world: PaymentFixture) -> None:
    world.connect.recording[CALL].clear()
    world.ask("pause")
    world.ask("resume")
    world.later(seconds=1)
    world.connect.start(CALL, "AGENT")

    assert world.ask("pause").status is Status.PAUSED


def test_a_resume_after_hang_up_closes_the_interval_as_ended(world: PaymentFixture) -> None:
    world.ask("pause")
    world.later(minutes=1)
    world.connect.end(CALL)

    answer = world.ask("resume")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.CONTACT_ENDED)
    assert [line.status for line in payments(world.items(), world.clock.now())] == ["ended"]
    assert world.ask("resume").reason is Reason.CONTACT_ENDED


@pytest.mark.parametrize("error", ["AccessDeniedException", "SomethingNewException", "ReadTimeout"])
def test_a_resume_that_fails_is_not_confirmed_and_can_be_repeated(world: PaymentFixture, error: str) -> None:
    world.ask("pause")
    world.wire.fail("ResumeContactRecording", error)

    assert world.ask("resume").status is Status.NOT_CONFIRMED
    assert world.ask("status").status is Status.NOT_CONFIRMED
    world.later(seconds=1)
    assert world.ask("resume").status is Status.RECORDING


def test_nobody_is_told_paused_after_a_resume_was_asked_for(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.fail("ResumeContactRecording", "AccessDeniedException")
    world.ask("resume")

    assert world.ask("status").status is Status.NOT_CONFIRMED
    assert world.ask("pause").status is Status.NOT_CONFIRMED


def test_a_resume_that_the_register_cannot_note_leaves_recording_suspended(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.fail("UpdateItem", "InternalServerError")

    answer = world.ask("resume")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.REGISTER_UNAVAILABLE)
    assert not world.connect.records(CALL)


def test_a_resume_whose_note_was_lost_is_settled_by_the_next_press(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.meanwhile["ResumeContactRecording"] = lambda: world.wire.fail("UpdateItem", "InternalServerError")

    assert world.ask("resume").reason is Reason.REGISTER_UNAVAILABLE
    assert world.connect.records(CALL)
    world.later(seconds=3)
    assert world.ask("resume").status is Status.RECORDING
    assert world.ask("status").status is Status.RECORDING


def test_a_resume_finds_recording_that_was_suspended_without_a_register_entry(world: PaymentFixture) -> None:
    world.connect.recording[CALL] = {"AGENT": "suspended"}

    assert world.ask("resume").status is Status.RECORDING
    assert world.connect.records(CALL)


def test_a_resume_that_a_later_pause_overtook_resumes_nothing(world: PaymentFixture) -> None:
    world.wire.latency = timedelta(milliseconds=10)
    answers: list[Status] = []
    world.wire.meanwhile["UpdateItem"] = lambda: answers.append(world.ask("pause").status)

    assert world.ask("resume").reason is Reason.PAUSE_IN_PROGRESS
    assert answers == [Status.PAUSED]
    assert not world.connect.records(CALL)


def test_two_resumes_at_once_both_say_recording(world: PaymentFixture) -> None:
    world.wire.latency = timedelta(milliseconds=10)
    world.ask("pause")
    answers: list[Status] = []
    world.wire.meanwhile["ResumeContactRecording"] = lambda: answers.append(world.ask("resume").status)

    assert world.ask("resume").status is Status.RECORDING
    assert answers == [Status.RECORDING]


def test_an_interval_is_forgotten_at_the_end_of_its_period_and_not_before(world: PaymentFixture) -> None:
    world.ask("pause")
    world.ask("resume")

    last_moment = datetime(2029, 1, 11, 23, 59, 59, tzinfo=UTC)
    assert len(payments(world.items(), last_moment)) == 1
    assert payments(world.items(), datetime(2029, 1, 12, tzinfo=UTC)) == []
    world.clock.moment = datetime(2029, 1, 12, tzinfo=UTC)
    assert world.entry() is None


def test_the_register_holds_ids_and_times_only(world: PaymentFixture) -> None:
    world.ask("pause")
    world.ask("resume")

    (item,) = world.items()
    assert set(item) == {
        "pk",
        "sk",
        "initial_contact_id",
        "closed",
        "settled_at",
        "resume_asked_at",
        "expires_at",
    }
    assert set(item["closed"]["L"][0]["M"]) == {
        "reference",
        "status",
        "reason",
        "asked_by",
        "asked_at",
        "expires_at",
        "types",
        "paused_at",
        "resumed_at",
    }


def test_a_type_refused_before_anything_was_confirmed_is_resumed_all_the_same(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.fail("ResumeContactRecording", "InvalidRequestException")

    assert world.ask("resume").status is Status.RECORDING
    assert world.connect.recording[CALL] == {"AGENT": "recording", "SCREEN": "recording"}


def _while_connect_is_asked_for_the_contact(world: PaymentFixture, *presses: str) -> Answer:
    """Resume a call that Connect records already, while somebody presses these, a second apart."""
    world.ask("pause")
    world.later(seconds=9)
    world.connect.start(CALL, *world.connect.recording[CALL])

    def others() -> None:
        for press in presses:
            world.later(seconds=1)
            world.ask(press)

    world.wire.meanwhile["DescribeContact"] = others
    return world.ask("resume")


def test_a_resume_that_another_press_carried_out_says_recording_of_that_interval(world: PaymentFixture) -> None:
    answer = _while_connect_is_asked_for_the_contact(world, "resume")

    entry = world.entry()
    assert entry is not None
    assert (answer.status, answer.reason) == (Status.RECORDING, Reason.ALREADY_RECORDING)
    assert answer.reference == entry.closed[-1].reference != ""


@pytest.mark.parametrize("presses", [("resume", "pause"), ("resume", "pause", "resume")])
def test_a_resume_that_later_presses_overtook_confirms_nothing(world: PaymentFixture, presses: tuple[str, ...]) -> None:
    """Another payment began meanwhile: what became of it is not the answer about this one."""
    answer = _while_connect_is_asked_for_the_contact(world, *presses)

    entry = world.entry()
    assert entry is not None
    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.NOTHING_RESUMED)
    assert answer.reference == entry.closed[0].reference


def test_a_resume_of_what_nobody_resumed_names_its_interval(world: PaymentFixture) -> None:
    answer = _while_connect_is_asked_for_the_contact(world)

    entry = world.entry()
    assert entry is not None
    assert entry.current is not None
    assert (answer.reason, answer.reference) == (Reason.NOTHING_RESUMED, entry.current.reference)


def test_status_tells_how_the_last_interval_ended_and_names_it(world: PaymentFixture) -> None:
    reference = world.ask("pause").reference
    world.later(seconds=9)
    world.ask("resume")

    assert world.ask("status") == Answer(Status.RECORDING, Reason.CONFIRMED, reference)


def test_status_tells_why_a_pause_was_not_confirmed(world: PaymentFixture) -> None:
    world.wire.fail("SuspendContactRecording", "ReadTimeout")
    tried = world.ask("pause")

    assert tried.reason is Reason.NO_ANSWER
    assert world.ask("status") == Answer(Status.NOT_CONFIRMED, Reason.NO_ANSWER, tried.reference)


def test_a_resume_of_a_call_that_ended_names_its_interval(world: PaymentFixture) -> None:
    reference = world.ask("pause").reference
    world.later(seconds=9)
    world.connect.end(CALL)

    assert world.ask("resume") == Answer(Status.NOT_CONFIRMED, Reason.CONTACT_ENDED, reference)
