"""Each answer names its interval and its reason, each act counts under its own name, and each end has its moment."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from steward.payments.asking import Outcome, Turn
from steward.payments.messages import ContactEvent, LookAgain, read
from steward.payments.model import Answer, Asker, Call, Reason, Status
from steward.policy.payments import RecordingType
from tests.steward.payments.fixture import CALL, NEXT, START, transfer

if TYPE_CHECKING:
    from steward.payments.model import Interval
    from steward.payments.ports import Reply
    from tests.steward.payments.fixture import PaymentFixture


def last(world: PaymentFixture) -> Interval:
    """The interval of the call that is open, or was closed last."""
    entry = world.entry()
    assert entry is not None
    return entry.current or entry.closed[-1]


def test_an_answer_is_a_flat_map_of_the_three_names_that_flows_read() -> None:
    answer = Answer(Status.PAUSED, Reason.CONFIRMED, "P-1")

    assert answer.as_map() == {"status": "paused", "reason": "confirmed", "reference": "P-1"}


@pytest.mark.parametrize("error", ["InternalServiceException", "ReadTimeout", "AccessDeniedException"])
def test_a_pause_that_fails_names_the_interval_under_which_it_stands(world: PaymentFixture, error: str) -> None:
    world.connect.start(CALL, "AGENT")
    world.wire.fail("SuspendContactRecording", error, times=9)

    answer = world.ask("pause")

    assert answer.status is Status.NOT_CONFIRMED
    assert answer.reference == last(world).reference != ""


def test_two_pauses_never_have_the_same_reference(world: PaymentFixture) -> None:
    world.connect.start(CALL, "AGENT")
    world.connect.start(NEXT, "AGENT")
    first, other = world.ask("pause").reference, world.ask("pause", NEXT).reference
    world.ask("resume")
    world.later(minutes=1)

    assert len({first, other, world.ask("pause").reference}) == 3


def test_a_pause_that_nothing_answers_to_in_time_says_so() -> None:
    def never(_: RecordingType | None) -> Reply:
        raise AssertionError

    class Clock:
        def now(self) -> datetime:
            return START

        def sleep(self, seconds: float) -> None:
            raise NotImplementedError

    turn = Turn(Clock(), START, CALL)

    assert turn.at_once(never, list(RecordingType)) == Outcome(frozenset(), frozenset(), Reason.OUT_OF_TIME)


def test_status_that_cannot_silence_what_started_says_why_and_of_which_interval(world: PaymentFixture) -> None:
    world.connect.start(CALL, "AGENT")
    paused = world.ask("pause")
    world.connect.start(CALL, "SCREEN")
    world.wire.fail("SuspendContactRecording", "AccessDeniedException", times=9)

    assert world.ask("status") == Answer(Status.NOT_CONFIRMED, Reason.ACCESS_DENIED, paused.reference)


def claimed(world: PaymentFixture) -> bool:
    entry = world.entry(NEXT)
    assert entry is not None
    assert entry.current is not None
    return entry.current.claimed


def test_a_pause_that_only_the_guard_asked_for_is_relied_on_once_a_flow_hears_of_it(world: PaymentFixture) -> None:
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(ContactEvent("INITIATED", NEXT, CALL, CALL, is_voice=True, at=world.clock.now()))
    assert not claimed(world)

    world.ask("status", NEXT, Asker.GUARD)
    assert not claimed(world)
    world.ask("status", NEXT, Asker.GUIDE)
    assert claimed(world)


def test_a_status_that_fails_is_nothing_that_anybody_relies_on(world: PaymentFixture) -> None:
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(ContactEvent("INITIATED", NEXT, CALL, CALL, is_voice=True, at=world.clock.now()))
    world.connect.start(NEXT, "AGENT")
    world.wire.fail("SuspendContactRecording", "AccessDeniedException", times=9)

    assert world.ask("status", NEXT).reason is Reason.ACCESS_DENIED
    assert not claimed(world)


def test_a_transfer_that_was_silenced_is_counted_as_that(world: PaymentFixture) -> None:
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    transfer(world)
    world.guard.deal_with(ContactEvent("INITIATED", NEXT, CALL, CALL, is_voice=True, at=world.clock.now()))

    assert dict(world.counts) == {"PaymentPauseFollowed": 1}


def test_a_resume_after_the_end_of_the_call_keeps_when_it_ended(world: PaymentFixture) -> None:
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    world.later(minutes=2)
    world.connect.end(CALL)
    ended = world.clock.now()
    world.later(minutes=3)
    world.ask("resume")

    assert (last(world).status, last(world).ended_at) == (Status.ENDED, ended)


def test_a_resume_of_a_call_that_connect_has_forgotten_takes_its_own_moment_for_the_end(world: PaymentFixture) -> None:
    world.connect.start(CALL, "AGENT")
    world.ask("pause")
    world.later(minutes=3)
    asked_at = world.clock.now()
    world.wire.fail("ResumeContactRecording", "InvalidRequestException", times=9)
    world.wire.fail("DescribeContact", "ResourceNotFoundException", times=9)
    world.ask("resume")

    assert (last(world).status, last(world).ended_at) == (Status.ENDED, asked_at)


class TestALook:
    """The guard's own examination of a pause."""

    def test_that_comes_early_for_a_contact_of_which_nothing_is_known_comes_again(self, world: PaymentFixture) -> None:
        world.guard.deal_with(LookAgain(CALL, CALL, asked_at=START, due=START + timedelta(minutes=10), look=1))

        [waiting] = world.queue.waiting()
        assert isinstance(waiting, LookAgain)
        assert (waiting.asked_at, waiting.look) == (START, 2)

    def test_silences_nothing_for_another_pause_than_its_own(self, world: PaymentFixture) -> None:
        world.connect.start(CALL, "AGENT")
        world.ask("pause")
        world.connect.start(CALL, "SCREEN")
        asked = START - timedelta(minutes=2)
        before = world.wire.calls["SuspendContactRecording"]
        world.guard.deal_with(LookAgain(CALL, CALL, asked_at=asked, due=START + timedelta(minutes=8), look=1))

        assert world.wire.calls["SuspendContactRecording"] == before

    @pytest.mark.parametrize(("apart", "looks_on"), [(0, True), (1, True), (2, False)])
    def test_beyond_the_limit_goes_on_for_its_own_pause_to_the_millisecond(
        self, world: PaymentFixture, apart: int, *, looks_on: bool
    ) -> None:
        world.connect.start(CALL, "AGENT")
        world.ask("pause")
        asked_at = last(world).asked_at
        world.queue.messages.clear()
        world.later(minutes=11)
        early = asked_at - timedelta(milliseconds=apart)
        world.guard.deal_with(LookAgain(CALL, CALL, asked_at=early, due=early + timedelta(minutes=10), look=1))

        assert bool(world.queue.waiting()) is looks_on


class TestTakingBack:
    """A leg that was suspended just when somebody resumed the call."""

    def resumes(self, world: PaymentFixture) -> int:
        before = world.wire.calls["ResumeContactRecording"]
        world.controller.legs.take_back(Call(NEXT, CALL))
        return world.wire.calls["ResumeContactRecording"] - before

    def test_without_a_pause_of_its_own_records_again(self, world: PaymentFixture) -> None:
        world.connect.start(NEXT, "AGENT")
        world.connect.suspend_contact_recording(ContactId=NEXT, ContactRecordingType="AGENT")

        assert self.resumes(world) > 0
        assert world.connect.records(NEXT)

    def test_in_a_pause_of_its_own_stays_suspended(self, world: PaymentFixture) -> None:
        world.connect.start(NEXT, "AGENT")
        world.ask("pause", NEXT)

        assert self.resumes(world) == 0

    def test_on_which_a_flow_relies_is_left_to_that_flow(self, world: PaymentFixture) -> None:
        world.connect.start(NEXT, "AGENT")
        world.ask("pause", NEXT)
        world.wire.fail("ResumeContactRecording", "AccessDeniedException", times=9)
        world.ask("resume", NEXT)
        world.wire.faults["ResumeContactRecording"].clear()

        assert self.resumes(world) == 0


def test_a_moment_without_an_offset_is_one_in_utc_wherever_the_function_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    detail = {
        "eventType": "INITIATED",
        "contactId": NEXT,
        "initialContactId": CALL,
        "channel": "VOICE",
        "initiationTimestamp": "2027-01-12T14:20:00",
        "instanceArn": "arn:aws:connect:eu-west-2:111122223333:instance/i",
    }
    event = {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": detail}
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        message = read(json.dumps({**event, "time": "2027-01-12T14:21:00Z"}))
    finally:
        monkeypatch.undo()
        time.tzset()

    assert isinstance(message, ContactEvent)
    assert message.began == START
