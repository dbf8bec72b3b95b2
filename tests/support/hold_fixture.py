"""A small world for the hold domain: its ports in memory, with S3's lock rules and faults on demand.

Every port call goes through ``HoldFixture.call``, so that a test can let any call fail before or after it took
effect, or end the process there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from steward.decisions.book import Agreement, Outcome, Row
from steward.decisions.people import Person
from steward.decisions.subjects import Decision, Subject
from steward.failures import Unavailable
from steward.holds.cases import Case
from steward.holds.contacts import Contact, Recording
from steward.holds.discovery import Stores
from steward.holds.inspecting.inspection import HoldReconciler
from steward.holds.nightly.sweep import Sweep
from steward.holds.placing import Placing
from steward.holds.register import ContactHolds, Hold
from steward.holds.release import Releasing
from steward.holds.requests import Doubt
from steward.ids import CaseRef, ContactId, RecordClass
from steward.policy.model import Policy
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.months import lifecycle_days
from tests.support.hold_ports import FakeContacts, FakeNotices, FakeRegister, FakeReleases, FakeWork
from tests.support.hold_stores import FakeEvidence, FakeSigner, FakeSources, Version

T = TypeVar("T")


class Killed(BaseException):
    """The process ended."""


@dataclass
class HoldFixture:
    """Clock, stores, Connect, queue and complaints team of one test."""

    policy: Policy
    moment: datetime = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
    records: dict[tuple[str, str], list[Version]] = field(default_factory=dict)
    held: dict[str, list[Version]] = field(default_factory=dict)
    people: dict[ContactId, Contact] = field(default_factory=dict)
    chains: dict[ContactId, tuple[ContactId, ...]] = field(default_factory=dict)
    cases: dict[CaseRef, Case] = field(default_factory=dict)
    files: dict[ContactId, ContactHolds] = field(default_factory=dict)
    ledger: dict[tuple[str, str], str] = field(default_factory=dict)
    queue: list[tuple[str, tuple[str, ...], datetime]] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    doubts: list[tuple[CaseRef, tuple[Doubt, ...], tuple[ContactId, ...]]] = field(default_factory=list)
    mails: list[tuple[CaseRef, int, date]] = field(default_factory=list)
    nights: Counter[date] = field(default_factory=Counter)
    """How many versions were entered with a limit, by London date."""
    switch: DisposalSwitch = field(default_factory=lambda: DisposalSwitch(mode=Mode.ON, limit=1000))
    calls: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    fail_before: dict[str, int] = field(default_factory=dict)
    fail_at: dict[str, int] = field(default_factory=dict)
    """The number of the call of each name that fails, counted from the first."""
    fail_after: dict[str, int] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    refused_rows: set[str] = field(default_factory=set)
    """Rows of a batch that AWS refuses while it takes the others: contact ids in the queue, keys in the hold bucket."""
    unreadable: set[ContactId] = field(default_factory=set)
    """Contacts whose rows cannot be read."""
    kill_after: int = -1
    agreements: dict[CaseRef, tuple[Agreement, ...]] = field(default_factory=dict)
    orders: list[tuple[CaseRef, ContactId]] = field(default_factory=list)
    grace: timedelta = timedelta(0)
    _serial: int = 0

    # Time -----------------------------------------------------------------------------------------------------------
    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    # Faults ---------------------------------------------------------------------------------------------------------
    def call(self, name: str, effect: Callable[[], T]) -> T:
        self.calls[name] += 1
        if self.fail_at.get(name) == self.calls[name] or self._strikes(self.fail_before, name):
            raise Unavailable(name, "ServiceUnavailable")
        result = effect()
        if self._strikes(self.fail_after, name):
            raise Unavailable(name, "RequestTimeout")
        if self.kill_after > 0:
            self.kill_after -= 1
            if self.kill_after == 0:
                self.kill_after = -1
                raise Killed
        return result

    @staticmethod
    def _strikes(faults: dict[str, int], name: str) -> bool:
        if faults.get(name, 0) <= 0:
            return False
        faults[name] -= 1
        return True

    def serial(self) -> str:
        self._serial += 1
        return f"v{self._serial:06d}"

    # Scenery --------------------------------------------------------------------------------------------------------
    def contact(
        self, contact_id: str, began: datetime, *, keys: Sequence[str] = (), channel: str = "VOICE"
    ) -> ContactId:
        """Let a contact have happened, with a recording under each key."""
        one = ContactId(contact_id)
        record_class = RecordClass.CALL_RECORDING if channel == "VOICE" else RecordClass.CHAT_TRANSCRIPT
        ended = began + timedelta(minutes=5)
        recordings = tuple(
            Recording(
                bucket=record_class,
                key=key,
                media="AUDIO" if channel == "VOICE" else "CHAT",
                deleted=False,
                deletion_reason="",
                stopped_at=ended,
            )
            for key in keys
        )
        self.people[one] = Contact(
            contact_id=one,
            channel=channel,
            initiated_at=began,
            ended_at=ended,
            recordings=recordings,
            evaluated=False,
            snapshot=b'{"Id": "%s"}' % contact_id.encode(),
        )
        for key in keys:
            self.record(record_class, key, at=ended)
        return one

    def record(
        self, record_class: RecordClass, key: str, *, at: datetime | None = None, body: bytes | None = None
    ) -> None:
        """Let Connect write an object."""
        version = Version(self.serial(), body if body is not None else key.encode(), at or self.moment)
        self.records.setdefault((record_class, key), []).append(version)

    def expire(self) -> None:
        """Let lifecycle remove what is older than its period and not under legal hold."""
        for (bucket, key), versions in list(self.records.items()):
            days = lifecycle_days(self.policy.retention[RecordClass(bucket)])
            left = [one for one in versions if one.legal_hold or one.made_at + timedelta(days=days) > self.moment]
            if left:
                self.records[bucket, key] = left
            else:
                del self.records[bucket, key]

    # The services under test ----------------------------------------------------------------------------------------
    def placing(self) -> Placing:
        classes = [one for one in self.policy.retention if one is not RecordClass.CONTACT_RECORD]
        reconciler = HoldReconciler(
            policy=self.policy,
            stores=Stores(buckets={one: one.value for one in classes}, prefixes={}),
            clock=self,
            register=FakeRegister(self),
            contacts=FakeContacts(self),
            sources=FakeSources(self),
            evidence=FakeEvidence(self),
            signer=FakeSigner(self),
            notices=FakeNotices(self),
            count=lambda name, value: self.counted.update({name: value}),
        )
        return Placing(
            policy=self.policy,
            clock=self,
            register=FakeRegister(self),
            contacts=FakeContacts(self),
            reconciler=reconciler,
            work=FakeWork(self),
            notices=FakeNotices(self),
        )

    def read_switch(self) -> DisposalSwitch:
        return self.call("switch", lambda: self.switch)

    def sweep(self) -> Sweep:
        return Sweep(
            clock=self,
            register=FakeRegister(self),
            evidence=FakeEvidence(self),
            work=FakeWork(self),
            releases=FakeReleases(self),
            notices=FakeNotices(self),
            switch=self.read_switch,
            hold_bucket="holds",
        )

    def releasing(self) -> Releasing:
        return Releasing(
            rejected=lambda _: (),
            clock=self,
            register=FakeRegister(self),
            evidence=FakeEvidence(self),
            work=FakeWork(self),
            releases=FakeReleases(self),
            switch=lambda: self.switch,
            agreed=lambda case: self.agreements.get(case, ()),
            grace=self.grace,
            hold_bucket="holds",
        )

    def agree(self, case: str, *contacts: ContactId, asked_at: datetime | None = None) -> None:
        """Let two people agree on a release now."""
        row = Row(
            subject=Subject.RELEASE,
            id=case,
            number=1,
            call_id="call-1",
            at=asked_at or self.moment,
            by=Person("release-officer", "a.officer"),
            decision=Decision.REQUEST,
            outcome=Outcome.ASKED,
            why="Withdrawn by the complainant",
            items=contacts,
        )
        approval = replace(
            row,
            number=2,
            call_id="call-2",
            at=self.moment,
            by=Person("release-approver", "b.manager"),
            decision=Decision.APPROVE,
            outcome=Outcome.DECIDED,
        )
        before = self.agreements.get(CaseRef(case), ())
        self.agreements[CaseRef(case)] = (*before, Agreement(request=row, approval=approval))

    def carry_out_orders(self) -> None:
        """Do what the nightly run ordered of releases."""
        while self.orders:
            self.releasing().release(*self.orders.pop(0))

    def work_off(self, until: datetime | None = None) -> None:
        """Do what lies in the hold queue and is due by then (now, if no moment is named), in order."""
        placing = self.placing()
        while due := sorted((one for one in self.queue if one[2] <= (until or self.moment)), key=lambda one: one[2]):
            task = due[0]
            self.queue.remove(task)
            self.moment = max(self.moment, task[2])
            kind, arguments, _ = task
            match kind:
                case "hold":
                    flagged_at = datetime.fromisoformat(arguments[3]) if arguments[3] else None
                    placing.hold(CaseRef(arguments[0]), ContactId(arguments[1]), arguments[2], flagged_at)
                case "apply":
                    placing.apply(CaseRef(arguments[0]), ContactId(arguments[1]))
                case "reinspect":
                    placing.reinspect(ContactId(arguments[0]), routine="routine" in arguments)
                case "recheck":
                    placing.recheck(ContactId(arguments[0]), int(arguments[1]))

    def end(self, at: datetime) -> None:
        """Let that moment come, the end of a hold of which the complaints team was reminded a week before."""
        self.moment = at - timedelta(days=7)
        self.sweep().run(lambda: True)
        self.queue.clear()
        self.told.clear()
        self.moment = at

    # What a test looks at -------------------------------------------------------------------------------------------
    def hold(self, case: str, contact_id: ContactId) -> Hold:
        hold = self.files[contact_id].hold_of(CaseRef(case))
        assert hold is not None
        return hold

    def copies(self, contact_id: ContactId, *, of: str = "") -> list[tuple[str, Version]]:
        """The versions that the hold bucket keeps for a contact, without its manifests."""
        return [
            (key, version)
            for key, versions in self.held.items()
            for version in versions
            if key.startswith(f"{contact_id}/") and "/manifests/" not in key and of in key
        ]
