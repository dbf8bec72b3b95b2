"""Whatever is pressed, fails, crosses or dies: nobody who was told `paused` is being recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
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
from steward.payments.guard import NotFollowed, NotHeld, NotResumed
from steward.payments.messages import ContactEvent, Message
from steward.payments.model import Answer, Status
from steward.payments.ports import RegisterUnavailable, Undelivered
from tests.steward.payments.fixture import CALL, Client, Killed, PaymentFixture, aws_without_network, fresh_table

KINDS = st.sets(st.sampled_from(["AGENT", "IVR", "SCREEN"]), max_size=3)
ERRORS = st.sampled_from(
    ["AccessDeniedException", "ThrottlingException", "InternalServiceException", "ReadTimeout", "SomethingNew"]
)
OPERATIONS = st.sampled_from(
    [
        "SuspendContactRecording",
        "ResumeContactRecording",
        "TagContact",
        "UntagContact",
        "UpdateItem",
        "GetItem",
        "SendMessage",
        "DescribeContact",
        "Publish",
    ]
)
COMES_AGAIN = (RegisterUnavailable, Undelivered, NotFollowed, NotHeld, NotResumed, Killed)


class Payments(RuleBasedStateMachine):
    """One journey of up to three contacts, its flows and agents, the guard, and everything that goes wrong."""

    database: Client

    @initialize(kinds=KINDS, paused=st.sampled_from([True, True, False]))
    def a_call_arrives(self, kinds: set[str], paused: bool) -> None:  # noqa: FBT001
        """Most begin with a pause that works: among everything that goes wrong, few would come to one."""
        fresh_table(self.database)
        self.world = PaymentFixture(self.database)
        self.world.wire.latency = timedelta(milliseconds=10)
        self.chain: list[ContactId] = [CALL]
        self.world.connect.start(CALL, *kinds)
        self.told: dict[ContactId, bool] = {}
        self.bound: dict[ContactId, bool] = {}
        self.events: list[Message] = []
        self.late: dict[ContactId, set[str]] = defaultdict(set)
        self.pressed: set[ContactId] = set()
        if paused:
            self._pause(CALL)

    def _hear(self, contact_id: ContactId, answer: Answer) -> None:
        if answer.status is Status.PAUSED:
            self.told[contact_id] = True
            self.late[contact_id].clear()

    def _pause(self, contact_id: ContactId) -> None:
        self.pressed.add(contact_id)
        with suppress(Killed):
            self._hear(contact_id, self.world.ask("pause", contact_id))

    def _resume(self, contact_id: ContactId) -> None:
        self.told[contact_id] = False
        for later in self.chain[self.chain.index(contact_id) :]:
            self.bound[later] = False
        with suppress(Killed):
            answer = self.world.ask("resume", contact_id)
            if answer.status is Status.RECORDING:
                self._check_that_what_followed_records_again(contact_id)

    def _check_that_what_followed_records_again(self, contact_id: ContactId) -> None:
        """What steward suspended because of a call, and nobody else relies on, goes on with it, or the answer says."""
        following = self.chain[self.chain.index(contact_id) + 1 :][:1]
        for after in following:
            if after not in self.pressed and not self._over(after):
                assert "suspended" not in self.world.connect.recording[after].values()

    @rule(index=st.integers(0, 2))
    def press_pause(self, index: int) -> None:
        self._pause(self._contact(index))

    @rule(index=st.integers(0, 2))
    def press_resume(self, index: int) -> None:
        self._resume(self._contact(index))

    @rule(index=st.integers(0, 2))
    def ask_for_status(self, index: int) -> None:
        contact_id = self._contact(index)
        with suppress(Killed):
            self.pressed.add(contact_id)
            answer = self.world.ask("status", contact_id)
            if not self._over(contact_id):
                self._hear(contact_id, answer)

    @rule(where=st.sampled_from(["SendMessage", "SuspendContactRecording", "TagContact", "UpdateItem"]))
    def press_resume_while_a_pause_is_under_way(self, where: str) -> None:
        contact_id = self.chain[-1]
        crossed: list[bool] = []
        self.pressed.add(contact_id)

        def cross() -> None:
            crossed.append(True)
            self._resume(contact_id)

        self.world.wire.meanwhile[where] = cross
        with suppress(Killed):
            answer = self.world.ask("pause", contact_id)
            if crossed and answer.status is Status.PAUSED:
                assert not self.world.connect.records(contact_id)
            elif not crossed:
                self._hear(contact_id, answer)
        self.world.wire.meanwhile.clear()

    @rule(where=st.sampled_from(["ResumeContactRecording", "UpdateItem", "UntagContact"]))
    def press_pause_while_a_resume_is_under_way(self, where: str) -> None:
        contact_id = self.chain[-1]
        self.world.wire.meanwhile[where] = lambda: self._pause(contact_id)
        self._resume(contact_id)
        self.world.wire.meanwhile.clear()

    @rule(operation=OPERATIONS, error=ERRORS, after_effect=st.booleans(), passing=st.integers(0, 2))
    def something_will_fail(self, operation: str, error: str, after_effect: bool, passing: int) -> None:  # noqa: FBT001
        self.world.wire.succeed(operation, times=passing)
        self.world.wire.fail(operation, error, after_effect=after_effect)

    @rule(calls=st.integers(1, 7))
    def the_host_will_die(self, calls: int) -> None:
        self.world.wire.kill_after = calls

    @rule(seconds=st.sampled_from([1, 6, 30, 700]))
    def time_passes(self, seconds: int) -> None:
        self.world.later(seconds=seconds)

    @precondition(lambda self: not self._over(self.chain[-1]))
    @rule(kind=st.sampled_from(["AGENT", "IVR", "SCREEN"]))
    def a_recording_starts(self, kind: str) -> None:
        """During a pause nothing but the guard's own looks needs to tell of it.

        Before one, its event reaches the guard before anything else happens: how late it may be, AWS does not say.
        """
        contact_id = self.chain[-1]
        if kind in self.world.connect.recording[contact_id]:
            return
        if self.told.get(contact_id):
            self.late[contact_id].add(kind)
            self.world.connect.start(contact_id, kind)
            return
        self._calm()
        self.world.connect.start(contact_id, kind)
        if self.world.connect.tags[contact_id]:
            self.world.guard.deal_with(self._event("CONNECTED_TO_AGENT", contact_id, self._before(contact_id)))

    @rule()
    def whatever_started_is_silent_after_a_look(self) -> None:
        """Where nothing fails, no recording of a paused call goes on for longer than the guard's looks are apart."""
        self._calm()
        for _ in range(16):
            self.world.later(seconds=60)
            self.the_guard_looks()
            self.events = [event for event in self.events if not self._deal_with(event)]
        for started in self.late.values():
            started.clear()

    @precondition(lambda self: not self._over(self.chain[-1]))
    @rule()
    def the_caller_hangs_up(self) -> None:
        for contact_id in self.chain:
            if not self._over(contact_id):
                self._end(contact_id)

    @precondition(lambda self: not self._over(self.chain[-1]) and len(self.chain) < 3)
    @rule(kinds=KINDS)
    def the_call_is_transferred(self, kinds: set[str]) -> None:
        self._continue(kinds, consult=False)

    @precondition(lambda self: not self._over(self.chain[-1]) and len(self.chain) < 3)
    @rule(kinds=KINDS)
    def the_agent_consults_another(self, kinds: set[str]) -> None:
        self._continue(kinds, consult=True)

    def _continue(self, kinds: set[str], *, consult: bool) -> None:
        before = self.chain[-1]
        after = ContactId(str(UUID(int=len(self.chain))))
        bound = self.told.get(before, False) or self.bound.get(before, False)
        if not consult:
            self._end(before)
        self.world.connect.start(after, *kinds)
        self.chain.append(after)
        self.bound[after] = bound
        if self.world.connect.tags[before]:
            self.world.connect.tags[after] = dict(self.world.connect.tags[before])
            self.events.append(self._event("INITIATED", after, before))

    @precondition(lambda self: bool(self.events))
    @rule(data=st.data(), again=st.booleans())
    def an_event_arrives(self, data: st.DataObject, again: bool) -> None:  # noqa: FBT001
        event = data.draw(st.sampled_from(self.events))
        if self._deal_with(event) and not again:
            self.events.remove(event)

    @rule()
    def the_guard_looks(self) -> None:
        for message in self.world.queue.due():
            if not self._deal_with(message):
                self.events.append(message)

    @rule()
    def the_guard_sweeps(self) -> None:
        with suppress(*COMES_AGAIN):
            self.world.guard.sweep()

    @invariant()
    def nobody_told_paused_is_recorded(self) -> None:
        for contact_id, told in self.told.items():
            assert not told or self.world.connect.recorded(contact_id) <= self.late[contact_id]

    def teardown(self) -> None:
        """Once everything works again and every event has arrived, what follows a paused contact is paused."""
        if not hasattr(self, "world"):
            return
        self._calm()
        self.whatever_started_is_silent_after_a_look()
        for contact_id, bound in self.bound.items():
            assert not (bound and self.world.connect.records(contact_id))
        self.nobody_told_paused_is_recorded()

    def _contact(self, index: int) -> ContactId:
        return self.chain[min(index, len(self.chain) - 1)]

    def _before(self, contact_id: ContactId) -> ContactId | None:
        place = self.chain.index(contact_id)
        return self.chain[place - 1] if place else None

    def _over(self, contact_id: ContactId) -> bool:
        return contact_id in self.world.connect.ended

    def _end(self, contact_id: ContactId) -> None:
        self.world.connect.end(contact_id)
        self.told[contact_id] = False
        if self.world.connect.tags[contact_id]:
            self.events.append(self._event("DISCONNECTED", contact_id, None))

    def _event(self, kind: str, contact_id: ContactId, previous: ContactId | None) -> ContactEvent:
        return ContactEvent(kind, contact_id, CALL, previous, is_voice=True, at=self.world.clock.now())

    def _deal_with(self, message: Message) -> bool:
        try:
            self.world.guard.deal_with(message)
        except COMES_AGAIN:
            return False
        return True

    def _calm(self) -> None:
        self.world.wire.faults.clear()
        self.world.wire.kill_after = None
        self.world.wire.meanwhile.clear()


@pytest.fixture(autouse=True)
def database() -> Iterator[None]:
    with aws_without_network() as Payments.database:
        yield


def prove(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Payments,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nobody_told_paused_is_recorded_in_any_order_of_events() -> None:
    prove(examples=25, steps=15)


@pytest.mark.prove
def test_nobody_told_paused_is_recorded_in_thousands_of_steps() -> None:
    prove(examples=150, steps=30)
