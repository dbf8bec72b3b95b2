"""What starts to be recorded during a pause, with nothing failing: silent by the guard's next look, and registered.

The machine beside this one lets everything fail and seldom comes so far; here most runs hold a late start, a second
leg, a resume or a callback.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from steward.ids import ContactId
from steward.payments.messages import ContactEvent
from steward.payments.model import Status
from tests.steward.payments.fixture import CALL, POLICY, Client, PaymentFixture, aws_without_network, fresh_table

KINDS = ("AGENT", "IVR", "SCREEN")
LEG = ContactId(str(UUID(int=1)))
CALLBACK = ContactId(str(UUID(int=2)))
TAKES = timedelta(seconds=2)
"""What the calls of a look themselves may take."""
PROMISED = timedelta(seconds=60) + TAKES
"""The longest time between two looks within the policy's limit; docs/taking-payments.md says so."""
PROMISED_BEYOND_LIMIT = timedelta(minutes=15) + TAKES
"""The same for a pause that everybody forgot."""


class LateStarts(RuleBasedStateMachine):
    """A paused call, perhaps a second leg, and perhaps a callback of the next day; the guard comes on its schedule."""

    database: Client

    @initialize(kinds=st.sets(st.sampled_from(KINDS), min_size=1, max_size=2))
    def a_call_is_paused(self, kinds: set[str]) -> None:
        fresh_table(self.database)
        self.world = PaymentFixture(self.database)
        self.world.wire.latency = timedelta(milliseconds=10)
        self.world.connect.start(CALL, *sorted(kinds))
        self.bound: set[ContactId] = set()
        self.claimed: set[ContactId] = set()
        self.started: dict[tuple[ContactId, str], datetime] = {}
        self.pause()

    def pause(self) -> None:
        assert self.world.ask("pause").status is Status.PAUSED
        self.paused_at = self.world.clock.now()
        self.bound.add(CALL)
        self.claimed.add(CALL)
        assert self.world.connect.recorded(CALL) == set()
        self._see_what_is_silent()

    @precondition(lambda self: self._open(CALL))
    @rule(data=st.data())
    def pause_is_pressed_once_more(self, data: st.DataObject) -> None:
        self._start_one_on(CALL, data)
        asked_at = self.paused_at
        self.pause()
        self.paused_at = asked_at

    @precondition(lambda self: self._live(CALL) and CALL not in self.bound)
    @rule()
    def a_second_payment_begins(self) -> None:
        """A second later: a pause within the clocks' tolerance of a resume is not confirmed.

        A second agent who is still on the line is silent again too, and Connect sends no event of it.
        """
        self.time_passes(seconds=1)
        self.pause()
        if self._live(LEG):
            self.bound.add(LEG)
            assert self.world.connect.recorded(LEG) == set()

    @precondition(lambda self: bool(self._silent()))
    @rule(data=st.data())
    def a_recording_starts(self, data: st.DataObject) -> None:
        self._start(*data.draw(st.sampled_from(self._silent())))

    @precondition(lambda self: self._open(CALL) and bool(self._silent()))
    @rule(data=st.data(), after=st.sampled_from([2, 180, 700]))
    def a_recording_starts_later_and_the_guard_looks(self, data: st.DataObject, after: int) -> None:
        """Just after the pause, within its limit, or when everybody forgot it."""
        self.time_passes(seconds=after)
        self.a_recording_starts(data)
        self.time_passes(seconds=1000 if after > POLICY.limit_minutes * 60 else 62)

    @precondition(lambda self: self._open(CALL) and LEG not in self.world.connect.recording)
    @rule(kinds=st.sets(st.sampled_from(KINDS), min_size=1, max_size=1), at_once=st.booleans())
    def a_second_agent_joins(self, kinds: set[str], at_once: bool) -> None:  # noqa: FBT001
        """Its recording may begin with its event, or a while after."""
        self.world.connect.start(LEG, *(kinds if at_once else ()))
        self.bound.add(LEG)
        self.world.connect.tags[LEG] = dict(self.world.connect.tags[CALL])
        self.world.guard.deal_with(self._event("INITIATED", LEG, "TRANSFER"))
        assert self.world.connect.recorded(LEG) == set()

    @precondition(lambda self: self._live(LEG) and self._live(CALL))
    @rule()
    def the_second_agent_leaves(self) -> None:
        self._hang_up(LEG)

    @precondition(lambda self: self._open(CALL))
    @rule(data=st.data(), on_leg=st.booleans())
    def somebody_asks_for_status(self, data: st.DataObject, on_leg: bool) -> None:  # noqa: FBT001
        contact_id = LEG if on_leg and self._open(LEG) else CALL
        self._start_one_on(contact_id, data)
        answer = self.world.ask("status", contact_id)
        if contact_id == CALL:
            assert answer.status is Status.PAUSED
        if answer.status is Status.PAUSED:
            self.claimed.add(contact_id)
            assert self.world.connect.recorded(contact_id) == set()
        self._see_what_is_silent()

    @precondition(lambda self: self._open(CALL))
    @rule()
    def the_payment_is_finished(self) -> None:
        """The call and every leg that nobody else relies on record again."""
        legs = [LEG] if self._open(LEG) and LEG not in self.claimed else []
        assert self.world.ask("resume").status is Status.RECORDING
        for contact_id in (CALL, *legs):
            self.bound.discard(contact_id)
            self.claimed.discard(contact_id)
            assert self.world.connect.recorded(contact_id) == set(self.world.connect.recording[contact_id])
        self.started.clear()

    @rule(seconds=st.sampled_from([1, 8, 61, 700]))
    def time_passes(self, seconds: int) -> None:
        """The guard gets each message when it is due; between two of them the promise is looked at."""
        until = self.world.clock.now() + timedelta(seconds=seconds)
        while due := [at for at, _ in self.world.queue.messages if at <= until]:
            self.world.clock.moment = max(self.world.clock.now(), min(due))
            self.nobody_is_recorded_for_longer_than_promised()
            self.world.run_guard()
            self._see_what_is_silent()
        self.world.clock.moment = max(self.world.clock.now(), until)

    @precondition(lambda self: self._open(CALL) and CALLBACK not in self.world.connect.recording)
    @rule(says_how=st.booleans())
    def the_caller_hangs_up_and_is_called_back(self, says_how: bool) -> None:  # noqa: FBT001
        """Within the hour only the event can say that it is a call of its own; the next day nothing has to."""
        method, after = ("CALLBACK", timedelta(minutes=20)) if says_how else ("", timedelta(days=1))
        for contact_id in (CALL, LEG):
            if self._live(contact_id):
                self._hang_up(contact_id)
        self.world.clock.moment += after
        self.world.run_guard()
        self.world.connect.start(CALLBACK, "AGENT")
        self.world.connect.tags[CALLBACK] = dict(self.world.connect.tags[CALL])
        for kind in ("INITIATED", "CONNECTED_TO_AGENT"):
            self.world.guard.deal_with(self._event(kind, CALLBACK, method))

    @invariant()
    def nobody_is_recorded_for_longer_than_promised(self) -> None:
        now = self.world.clock.now()
        for contact_id in self.bound:
            for kind in self.world.connect.recorded(contact_id):
                assert now - self.started[contact_id, kind] <= self._promised(self.started[contact_id, kind])

    @invariant()
    def a_callback_is_recorded_from_its_start(self) -> None:
        if CALLBACK in self.world.connect.recording:
            assert self.world.connect.recorded(CALLBACK) == {"AGENT"}

    def teardown(self) -> None:
        """Whatever started last is silent, and in the register, a look later."""
        if not hasattr(self, "world"):
            return
        self.time_passes(seconds=62)
        self.nobody_is_recorded_for_longer_than_promised()

    def _start_one_on(self, contact_id: ContactId, data: st.DataObject) -> None:
        kinds = [kind for one, kind in self._silent() if one == contact_id]
        if kinds and data.draw(st.sampled_from([True, True, False])):
            self._start(contact_id, data.draw(st.sampled_from(kinds)))

    def _start(self, contact_id: ContactId, kind: str) -> None:
        self.world.connect.start(contact_id, kind)
        self.started[contact_id, kind] = self.world.clock.now()

    def _promised(self, started: datetime) -> timedelta:
        limit = timedelta(minutes=POLICY.limit_minutes)
        return PROMISED if started - self.paused_at < limit - PROMISED else PROMISED_BEYOND_LIMIT

    def _see_what_is_silent(self) -> None:
        """What started in a pause and is suspended now stands in the register as suspended since."""
        for (contact_id, kind), started in list(self.started.items()):
            if contact_id in self.bound and kind not in self.world.connect.recorded(contact_id):
                del self.started[contact_id, kind]
                if self._live(contact_id):
                    assert self._is_registered(contact_id, kind, started), (contact_id, kind)

    def _is_registered(self, contact_id: ContactId, kind: str, started: datetime) -> bool:
        entry = self.world.entry(contact_id)
        current = entry.current if entry else None
        if current is None:
            return False
        opened_since = kind in current.types and current.asked_at >= started
        return opened_since or any(kind in late.types and late.suspended_at >= started for late in current.late)

    def _silent(self) -> list[tuple[ContactId, str]]:
        return [
            (contact_id, kind)
            for contact_id in (CALL, LEG)
            if self._open(contact_id)
            for kind in KINDS
            if kind not in self.world.connect.recording[contact_id]
        ]

    def _live(self, contact_id: ContactId) -> bool:
        return contact_id in self.world.connect.recording and contact_id not in self.world.connect.ended

    def _open(self, contact_id: ContactId) -> bool:
        return contact_id in self.bound and self._live(contact_id)

    def _hang_up(self, contact_id: ContactId) -> None:
        self.world.connect.end(contact_id)
        self.world.guard.deal_with(self._event("DISCONNECTED", contact_id))
        self.bound.discard(contact_id)
        self.claimed.discard(contact_id)

    def _event(self, kind: str, contact_id: ContactId, method: str = "") -> ContactEvent:
        now = self.world.clock.now()
        previous = None if contact_id == CALL else CALL
        return ContactEvent(kind, contact_id, CALL, previous, is_voice=True, at=now, method=method, began=now)


@pytest.fixture(autouse=True)
def database() -> Iterator[None]:
    with aws_without_network() as LateStarts.database:
        yield


def prove(examples: int, steps: int, *, repeatable: bool) -> None:
    run_state_machine_as_test(
        LateStarts,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=repeatable,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_starts_during_a_pause_is_silent_by_the_next_look() -> None:
    """The same runs every time: whatever guards against a late start was seen to be missed by them."""
    prove(examples=20, steps=10, repeatable=True)


@pytest.mark.prove
def test_whatever_starts_during_a_pause_is_silent_by_the_next_look_in_thousands_of_steps() -> None:
    prove(examples=60, steps=20, repeatable=False)
