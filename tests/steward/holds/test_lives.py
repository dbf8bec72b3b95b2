"""Holds under any history of flags, escalations, closures, releases, time, faults and sudden ends.

The invariants of issue 4: nothing that is held is ever lost, no date ever moves earlier, everything due is disposed of
within two days, and every request ends in the register or in the dead-letter queue.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from steward.clock import london_date
from steward.holds.register import HoldStatus
from steward.holds.requests import BadRequest, Closure, Escalation
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.holds import HoldReason, Stage
from steward.policy.load import load_policy
from tests.support.hold_fixture import HoldFixture, Killed
from tests.support.hold_requests import complaint

POLICY = load_policy(Path("policies/barnet.toml"))
CALLS = tuple(ContactId(f"call-{number}") for number in range(3))
CASES = ("C-1", "C-2")
RECEIVES = 12
"""More tries than faults can be pending at once, so that only what can never succeed is dead-lettered."""

START = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LONG_AGO = 560
"""Days since a complaint was received that at stage one would not be held any more, and is at a further stage."""


class Holds(RuleBasedStateMachine):
    """One council's holds on three calls, the first two of which are one chain."""

    @initialize(grace=st.sampled_from([0, 7]))
    def a_contact_centre(self, grace: int) -> None:
        self.world = HoldFixture(policy=POLICY, moment=START, grace=timedelta(days=grace))
        for call in CALLS:
            self.world.contact(call, START - timedelta(days=30), keys=[f"2027/01/30/{call}.wav"])
        self.world.chains = {CALLS[0]: (CALLS[1],), CALLS[1]: (CALLS[0],)}
        self.asked: set[tuple[str, ContactId]] = set()
        self.released: set[tuple[str, ContactId]] = set()
        self.dead: list[str] = []
        self.ends: dict[tuple[str, ContactId], datetime] = {}
        self.open: set[str] = set()
        """Cases whose subject access request is open."""
        self.extended = 0
        """How often a release took a lock for one that somebody extended by hand; nobody does here."""

    def deliver(self, what: str, act: Callable[[], object]) -> bool:
        """Deliver a message as SQS would: again after a failure, and to the dead-letter queue in the end.

        Return whether it was acted upon.
        """
        for _ in range(RECEIVES):
            try:
                act()
            except BadRequest:
                continue
            except (Killed, Exception):  # noqa: S112, BLE001 -- the queue tries again whatever it was
                continue
            self._quiet()
            return True
        self._quiet()
        self.dead.append(what)
        return False

    def _quiet(self) -> None:
        self.world.fail_before.clear()
        self.world.fail_after.clear()
        self.world.kill_after = -1

    @rule(name=st.sampled_from(["sources.read", "evidence.copy", "register.save", "connect.describe", "sources.free"]))
    def a_call_is_going_to_fail(self, name: str) -> None:
        self.world.fail_before[name] = 1

    @rule(name=st.sampled_from(["evidence.copy", "register.save", "evidence.lock", "evidence.store"]))
    def a_call_is_going_to_time_out_after_taking_effect(self, name: str) -> None:
        self.world.fail_after[name] = 1

    @rule(number=st.integers(1, 25))
    def the_process_is_going_to_end(self, number: int) -> None:
        self.world.kill_after = number

    @rule(
        case=st.sampled_from(CASES),
        call=st.sampled_from(CALLS),
        days_ago=st.one_of(st.integers(0, 40), st.just(LONG_AGO)),
        stage=st.sampled_from(Stage),
        reason=st.sampled_from(HoldReason),
    )
    def a_contact_is_flagged(self, case: str, call: ContactId, days_ago: int, stage: Stage, reason: HoldReason) -> None:
        self.world.moment += timedelta(seconds=1)
        if reason is HoldReason.COMPLAINT and stage is Stage.ONE:
            days_ago %= LONG_AGO
        received = london_date(self.world.moment) - timedelta(days=days_ago)
        at = self.world.moment
        request = complaint(call, case=case, received=received, stage=stage, reason=reason, flagged_at=at)
        held = self.deliver(f"{case}/{call}", lambda: self.world.placing().place(request))
        for one in (call, *self.world.chains.get(call, ())):
            self.asked.add((case, one))
            if held:
                # Also after a release, a disposal or a closure.
                hold = self.world.files[one].hold_of(CaseRef(case))
                assert hold is not None
                assert hold.active, f"{one} was flagged for {case} and is {hold.status}"
                assert hold.leaving is None, f"{one} was flagged for {case} and is still leaving"
        if held and reason is HoldReason.SUBJECT_ACCESS:
            self.open.add(case)

    @rule(case=st.sampled_from(CASES), stage=st.sampled_from([Stage.TWO, Stage.OMBUDSMAN]))
    def a_case_is_escalated(self, case: str, stage: Stage) -> None:
        on = london_date(self.world.moment)
        escalation = Escalation(case=CaseRef(case), stage=stage, on=on, requested_by="complaints", at=self.world.moment)
        self.deliver(f"{case} escalated", lambda: self.world.placing().escalate(escalation))

    @rule(case=st.sampled_from(CASES), days_ago=st.integers(0, 40))
    def a_case_is_closed(self, case: str, days_ago: int) -> None:
        on: date = london_date(self.world.moment) - timedelta(days=days_ago)
        closure = Closure(case=CaseRef(case), closed_on=on, requested_by="complaints", at=self.world.moment)
        if self.deliver(f"{case} closed", lambda: self.world.placing().close(closure)):
            self.open.discard(case)

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def a_hold_is_released(self, data: st.DataObject) -> None:
        case, call = data.draw(st.sampled_from(sorted(self.asked)))
        self.world.agree(case, call)
        dead = len(self.dead)
        self.deliver(f"{case}/{call} released", lambda: self._release(CaseRef(case)))
        if len(self.dead) == dead:
            self.released.add((case, call))

    def _release(self, case: CaseRef, only: ContactId | None = None) -> None:
        self.extended += self.world.releasing().release(case, only).extended

    @rule(call=st.sampled_from(CALLS))
    def an_analysis_arrives_late(self, call: ContactId) -> None:
        self.world.record(RecordClass.CALL_RECORDING, f"Analysis/Voice/2027/01/30/{call}_analysis.json")

    @rule(days=st.one_of(st.integers(1, 3), st.integers(30, 700)))
    def days_pass(self, days: int) -> None:
        """Each day: lifecycle at midnight, the sweep at half past two, and the queue."""
        self._quiet()
        for _ in range(days):
            due = [file.next_action_at for file in self.world.files.values() if file.next_action_at]
            waiting = [task[2] for task in self.world.queue]
            self.world.moment += timedelta(days=1)
            if not any(moment <= self.world.moment for moment in (*due, *waiting)):
                continue
            self.world.expire()
            self.world.work_off()
            self.world.sweep().run(lambda: True)
            while self.world.orders:
                self._release(*self.world.orders.pop(0))
            self.world.work_off()
        self.world.expire()
        for key, file in self.world.files.items():
            for hold in file.holds:
                overdue = self.world.moment - hold.hold_until
                if hold.active and not hold.open_ended and hold.status is not HoldStatus.NOTHING_HELD:
                    assert overdue < timedelta(days=2), f"{key} of {hold.case} was due {overdue} ago"

    @invariant()
    def every_request_ends_in_the_register_or_the_dead_letter_queue(self) -> None:
        for case, call in getattr(self, "asked", ()):
            known = self.world.files.get(call)
            if known is None or known.hold_of(CaseRef(case)) is None:
                assert any(letter.startswith(case) for letter in self.dead), f"{case}/{call} is lost"

    @invariant()
    def nothing_that_is_held_is_lost(self) -> None:
        for call, file in getattr(getattr(self, "world", None), "files", {}).items():
            lock = file.protection(self.world.moment)
            if lock is None:
                continue
            for artefact in file.present:
                versions = self.world.held.get(artefact.hold_key, [])
                held = [one for one in versions if one.version_id == artefact.hold_version]
                assert held, f"{artefact.hold_key} of {call} is gone"
                actual = held[0].retain_until
                if lock.retain_until is not None:
                    assert actual is not None
                    assert actual >= lock.retain_until, f"{artefact.hold_key} is locked too briefly"
                assert held[0].legal_hold or not lock.legal_hold, f"{artefact.hold_key} lacks its undated hold"

    @invariant()
    def an_original_is_protected_until_its_copy_stands(self) -> None:
        for file in getattr(getattr(self, "world", None), "files", {}).values():
            for artefact in file.present:
                if artefact.source_freed:
                    assert self.world.held.get(artefact.hold_key)

    @invariant()
    def a_subject_access_hold_is_open_while_its_request_is(self) -> None:
        for file in getattr(getattr(self, "world", None), "files", {}).values():
            for hold in file.active:
                assert hold.open_ended or hold.case not in self.open, f"{hold.case} has an end while it is open"

    @invariant()
    def no_lock_is_taken_for_one_that_somebody_extended(self) -> None:
        assert getattr(self, "extended", 0) == 0

    @invariant()
    def no_date_moves_earlier(self) -> None:
        for call, file in getattr(getattr(self, "world", None), "files", {}).items():
            for hold in file.holds:
                known = self.ends.get((hold.case, call), hold.hold_until)
                assert hold.hold_until >= known
                self.ends[hold.case, call] = hold.hold_until

    @invariant()
    def no_artefact_is_held_twice(self) -> None:
        for key, versions in getattr(getattr(self, "world", None), "held", {}).items():
            if "/manifests/" not in key:
                assert len(versions) <= 1, key


quick = settings(
    max_examples=25,
    stateful_step_count=15,
    deadline=None,
    phases=tuple(set(Phase) - {Phase.shrink}),
    suppress_health_check=list(HealthCheck),
)
full = settings(
    max_examples=500,
    stateful_step_count=30,
    deadline=None,
    phases=tuple(set(Phase) - {Phase.shrink}),
    suppress_health_check=list(HealthCheck),
)


TestHolds = type("TestHolds", (Holds.TestCase,), {"settings": quick})
TestHoldsAtFullSize = pytest.mark.prove(type("TestHoldsAtFullSize", (Holds.TestCase,), {"settings": full}))
