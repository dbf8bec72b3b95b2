"""Pause and status: `paused` is said only when Connect confirmed it."""

from __future__ import annotations

import pytest

from steward.payments.asking import PATIENCE
from steward.payments.model import Reason, Status
from tests.steward.payments.fixture import CALL, Killed, PaymentFixture


def test_a_confirmed_pause_suspends_every_type_in_use_and_is_registered(world: PaymentFixture) -> None:
    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.PAUSED, Reason.CONFIRMED)
    assert world.connect.recording[CALL] == {"AGENT": "suspended", "SCREEN": "suspended"}
    entry = world.entry()
    assert entry is not None
    assert entry.current is not None
    assert entry.current.types == {"AGENT", "SCREEN"}
    assert entry.current.paused_at == world.clock.now()
    assert entry.current.reference == answer.reference


def test_a_pause_of_three_types_makes_six_calls(world: PaymentFixture) -> None:
    world.connect.start(CALL, "IVR")

    assert world.ask("pause").status is Status.PAUSED
    assert world.wire.calls.total() == 6


@pytest.mark.parametrize(
    "kinds",
    [
        *(["AGENT"], ["IVR"], ["SCREEN"]),
        *(["AGENT", "SCREEN"], ["AGENT", "IVR"], ["IVR", "SCREEN"]),
        ["AGENT", "IVR", "SCREEN"],
    ],
    ids="+".join,
)
def test_a_pause_makes_six_calls_whatever_is_recorded(world: PaymentFixture, kinds: list[str]) -> None:
    world.connect.recording[CALL].clear()
    world.connect.start(CALL, *kinds)

    assert world.ask("pause").status is Status.PAUSED
    assert world.wire.calls.total() <= 6
    assert not world.connect.records(CALL)


def test_a_pause_tags_the_contact_so_that_only_its_events_reach_the_guard(world: PaymentFixture) -> None:
    world.ask("pause")

    assert world.connect.tags[CALL] == {"steward_payment": "paused"}


def test_a_second_press_is_confirmed_by_the_open_pause_and_keeps_its_reference(world: PaymentFixture) -> None:
    first = world.ask("pause")
    world.later(seconds=2)

    second = world.ask("pause")

    assert (second.status, second.reason) == (Status.PAUSED, Reason.ALREADY_PAUSED)
    assert second.reference == first.reference


def test_a_second_press_while_the_first_is_under_way_makes_one_interval(world: PaymentFixture) -> None:
    second: list[Status] = []
    world.wire.meanwhile["UpdateItem"] = lambda: second.append(world.ask("pause").status)

    first = world.ask("pause")

    assert first.status is Status.PAUSED
    assert second == [Status.PAUSED]
    assert not world.connect.records(CALL)
    entry = world.entry()
    assert entry is not None
    assert entry.current is not None
    assert entry.current.reference == first.reference
    assert entry.closed == ()


def test_a_call_that_is_not_recorded_is_not_confirmed(world: PaymentFixture) -> None:
    world.connect.recording[CALL].clear()

    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.NOTHING_SUSPENDED)


@pytest.mark.parametrize("times", [1, 2])
def test_a_type_refused_before_anything_was_confirmed_is_asked_about_again(world: PaymentFixture, times: int) -> None:
    world.connect.start(CALL, "IVR")
    world.wire.fail("SuspendContactRecording", "InvalidRequestException", times=times)

    assert world.ask("pause").status is Status.PAUSED
    assert not world.connect.records(CALL)


def test_a_pause_after_the_call_ended_is_not_confirmed(world: PaymentFixture) -> None:
    world.connect.end(CALL)

    assert world.ask("pause").status is Status.NOT_CONFIRMED


def test_the_contact_of_the_guide_instead_of_the_calls_is_not_confirmed(world: PaymentFixture) -> None:
    answer = world.ask("pause", contact_id="c3b7b7a0-52b8-4f0e-8b0a-6a3d1f2e4c5d")  # type: ignore[arg-type]

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.CONTACT_NOT_FOUND)
    assert world.connect.records(CALL)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        ("AccessDeniedException", Reason.ACCESS_DENIED),
        ("InternalServiceException", Reason.NO_ANSWER),
        ("ReadTimeout", Reason.NO_ANSWER),
        ("ResourceNotFoundException", Reason.CONTACT_NOT_FOUND),
        ("InvalidActiveRegionException", Reason.UNEXPECTED_ANSWER),
        ("SomethingNewException", Reason.UNEXPECTED_ANSWER),
    ],
)
@pytest.mark.parametrize("confirmed_before", [0, 1])
def test_any_error_of_a_suspension_is_not_confirmed(
    world: PaymentFixture, error: str, reason: Reason, confirmed_before: int
) -> None:
    world.wire.succeed("SuspendContactRecording", times=confirmed_before)
    world.wire.fail("SuspendContactRecording", error)

    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, reason)
    assert world.ask("status").status is Status.NOT_CONFIRMED


def test_a_suspension_that_succeeds_after_its_time_out_is_registered_as_unconfirmed(world: PaymentFixture) -> None:
    world.wire.fail("SuspendContactRecording", "ReadTimeout", after_effect=True)

    assert world.ask("pause").status is Status.NOT_CONFIRMED
    assert world.connect.recording[CALL]["AGENT"] == "suspended"
    entry = world.entry()
    assert entry is not None
    assert entry.current is not None
    assert entry.current.status is Status.NOT_CONFIRMED
    assert entry.current.types == {"AGENT"}


def test_after_an_unconfirmed_pause_a_resume_and_a_second_pause_are_confirmed(world: PaymentFixture) -> None:
    world.wire.fail("SuspendContactRecording", "ReadTimeout", after_effect=True)
    world.ask("pause")

    assert world.ask("resume").status is Status.RECORDING
    world.later(seconds=1)
    assert world.ask("pause").status is Status.PAUSED


def test_a_failure_on_a_second_press_leaves_the_first_confirmation_standing(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.fail("SuspendContactRecording", "AccessDeniedException")

    assert world.ask("pause").status is Status.NOT_CONFIRMED
    assert world.ask("status").status is Status.PAUSED


@pytest.mark.parametrize("error", ["InternalServerError", "ProvisionedThroughputExceededException", "ReadTimeout"])
@pytest.mark.parametrize("after_effect", [False, True])
def test_a_pause_that_cannot_be_registered_is_not_confirmed(
    world: PaymentFixture,
    error: str,
    after_effect: bool,  # noqa: FBT001
) -> None:
    world.wire.fail("UpdateItem", error, after_effect=after_effect)

    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.REGISTER_UNAVAILABLE)


def test_a_pause_without_its_watch_touches_nothing(world: PaymentFixture) -> None:
    world.wire.fail("SendMessage", "InternalServerError")

    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.GUARD_UNAVAILABLE)
    assert world.connect.records(CALL)
    assert world.wire.calls["SuspendContactRecording"] == 0


def test_a_pause_whose_tag_fails_is_not_confirmed(world: PaymentFixture) -> None:
    world.wire.fail("TagContact", "AccessDeniedException")

    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.GUARD_UNAVAILABLE)


def test_a_pause_that_a_resume_crossed_is_not_confirmed(world: PaymentFixture) -> None:
    world.wire.meanwhile["TagContact"] = lambda: world.ask("resume")

    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.RESUME_IN_PROGRESS)
    assert world.connect.records(CALL)


def test_a_pause_waits_out_a_resume_whose_outcome_is_open(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.fail("ResumeContactRecording", "ReadTimeout", after_effect=True)
    world.ask("resume")
    world.later(seconds=2)

    assert world.ask("pause").reason is Reason.RESUME_IN_PROGRESS
    world.later(seconds=10)
    world.connect.start(CALL, "AGENT")
    assert world.ask("pause").status is Status.PAUSED


@pytest.mark.parametrize("error", ["ThrottlingException", "TooManyRequestsException"])
@pytest.mark.parametrize("passing", [0, 1, 2])
def test_a_pause_that_is_throttled_waits_its_turn(world: PaymentFixture, error: str, passing: int) -> None:
    world.wire.succeed("SuspendContactRecording", times=passing)
    world.wire.fail("SuspendContactRecording", error, times=2)
    world.wire.fail("TagContact", error)
    began = world.clock.now()

    assert world.ask("pause").status is Status.PAUSED
    assert not world.connect.records(CALL)
    assert world.clock.now() - began < PATIENCE


def test_a_pause_that_stays_throttled_is_refused_within_the_flows_time(world: PaymentFixture) -> None:
    world.wire.fail("SuspendContactRecording", "TooManyRequestsException", times=50)
    began = world.clock.now()

    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.THROTTLED)
    assert world.clock.now() - began < PATIENCE


def test_a_recording_that_was_just_switched_on_is_tried_again(world: PaymentFixture) -> None:
    world.connect.recording[CALL] = {"IVR": "recording"}
    world.wire.fail("SuspendContactRecording", "InvalidRequestException", times=5)

    assert world.ask("pause").status is Status.PAUSED
    assert not world.connect.records(CALL)


def test_a_call_that_is_not_recorded_is_refused_within_the_flows_time(world: PaymentFixture) -> None:
    world.connect.recording[CALL].clear()
    began = world.clock.now()

    assert world.ask("pause").reason is Reason.NOTHING_SUSPENDED
    assert world.clock.now() - began < PATIENCE


@pytest.mark.parametrize("after_effect", [False, True])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_second_press_after_the_register_failed_is_confirmed_by_connect(
    world: PaymentFixture,
    times: int,
    after_effect: bool,  # noqa: FBT001
) -> None:
    world.wire.fail("UpdateItem", "InternalServerError", times=times, after_effect=after_effect)
    assert world.ask("pause").reason is Reason.REGISTER_UNAVAILABLE
    world.wire.faults.clear()
    world.later(seconds=3)

    assert world.ask("pause").status is Status.PAUSED
    assert not world.connect.records(CALL)
    assert world.ask("status").status is Status.PAUSED


def test_a_second_press_that_dies_while_it_asks_connect_is_followed_by_a_confirmed_one(world: PaymentFixture) -> None:
    world.wire.fail("UpdateItem", "InternalServerError", times=2)
    world.ask("pause")
    for calls in range(1, 12):
        world.later(seconds=30)
        world.wire.kill_after = calls
        try:
            answer = world.ask("pause")
        except Killed:
            assert world.ask("status").status is not Status.PAUSED or not world.connect.records(CALL)
        else:
            assert answer.status is not Status.PAUSED or not world.connect.records(CALL)
    world.wire.kill_after = None
    world.later(seconds=30)

    assert world.ask("pause").status is Status.PAUSED
    assert not world.connect.records(CALL)


@pytest.mark.parametrize("slow", [1, 2, 3])
def test_a_pause_answers_within_three_seconds_when_calls_time_out(world: PaymentFixture, slow: int) -> None:
    world.wire.fail("SuspendContactRecording", "ReadTimeout", times=slow)
    began = world.clock.now()

    assert world.ask("pause").status is Status.NOT_CONFIRMED
    assert (world.clock.now() - began).total_seconds() <= 3


def test_a_pause_begins_no_call_for_which_its_time_is_too_short(world: PaymentFixture) -> None:
    for operation in ("SendMessage", "SuspendContactRecording"):
        world.wire.meanwhile[operation] = lambda: world.clock.sleep(2)

    answer = world.ask("pause")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.OUT_OF_TIME)
    assert world.wire.calls["SuspendContactRecording"] == 1
    entry = world.entry()
    assert entry is not None
    assert entry.current is not None


def test_status_before_any_pause_claims_nothing(world: PaymentFixture) -> None:
    answer = world.ask("status")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.NO_OPEN_PAUSE)


def test_status_of_a_pause_looks_at_every_type(world: PaymentFixture) -> None:
    paused = world.ask("pause")
    world.wire.calls.clear()

    answer = world.ask("status")

    assert (answer.status, answer.reference) == (Status.PAUSED, paused.reference)
    assert dict(world.wire.calls) == {"GetItem": 1, "SuspendContactRecording": 3, "UpdateItem": 1}


def test_status_suspends_what_started_since_and_notes_it(world: PaymentFixture) -> None:
    world.connect.recording[CALL] = {"IVR": "recording"}
    paused = world.ask("pause")
    world.connect.start(CALL, "AGENT", "SCREEN")
    world.later(seconds=40)

    answer = world.ask("status")

    assert (answer.status, answer.reference) == (Status.PAUSED, paused.reference)
    assert not world.connect.records(CALL)
    entry = world.entry()
    assert entry is not None
    assert entry.current is not None
    assert [late.suspended_at for late in entry.current.late] == [world.clock.now()]
    assert {"AGENT", "SCREEN"} <= entry.current.late[0].types


@pytest.mark.parametrize("error", ["AccessDeniedException", "ReadTimeout", "InternalServiceException"])
def test_status_that_cannot_look_at_every_type_is_not_confirmed(world: PaymentFixture, error: str) -> None:
    world.ask("pause")
    world.connect.start(CALL, "IVR")
    world.wire.fail("SuspendContactRecording", error)

    assert world.ask("status").status is Status.NOT_CONFIRMED


def test_status_that_a_resume_crossed_is_not_confirmed(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.meanwhile["SuspendContactRecording"] = lambda: world.ask("resume")

    answer = world.ask("status")

    assert (answer.status, answer.reason) == (Status.NOT_CONFIRMED, Reason.RESUME_IN_PROGRESS)
    assert world.ask("status").status is Status.NOT_CONFIRMED
    world.later(seconds=1)
    assert world.ask("resume").status is Status.RECORDING
    assert world.connect.recording[CALL] == {"AGENT": "recording", "SCREEN": "recording"}


def test_status_without_the_register_is_not_confirmed(world: PaymentFixture) -> None:
    world.ask("pause")
    world.wire.fail("GetItem", "InternalServerError")

    assert world.ask("status").reason is Reason.REGISTER_UNAVAILABLE
