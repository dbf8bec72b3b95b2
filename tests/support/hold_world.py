"""A small world for the hold domain: its ports in memory, with S3's lock rules and faults on demand.

Every port call goes through ``World.call``, so that a test can let any call fail before or after it took effect, or end
the process there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from steward.aws.errors import AccessDenied, NotFound, Unavailable
from steward.holds.cases import Case
from steward.holds.contacts import Contact, Evaluation, Recording, Reference
from steward.holds.discovery import Stores
from steward.holds.keeping.keeper import Keeper
from steward.holds.placing import Placing
from steward.holds.ports import Content, Copy, Ledgered, SourceVersion, StaleFile
from steward.holds.register import ContactFile, Hold, Protection
from steward.holds.release import Releasing
from steward.holds.sweep import Sweep
from steward.ids import CaseRef, ContactId, RecordClass, Sha256
from steward.policy.model import Policy
from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.months import lifecycle_days

T = TypeVar("T")


class Killed(BaseException):
    """The process ended."""


@dataclass
class Version:
    """One version of an object."""

    version_id: str
    body: bytes
    made_at: datetime
    retain_until: datetime | None = None
    legal_hold: bool = False


@dataclass
class World:
    """Clock, stores, Connect, queue and complaints team of one test."""

    policy: Policy
    moment: datetime = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
    records: dict[tuple[str, str], list[Version]] = field(default_factory=dict)
    held: dict[str, list[Version]] = field(default_factory=dict)
    people: dict[ContactId, Contact] = field(default_factory=dict)
    chains: dict[ContactId, tuple[ContactId, ...]] = field(default_factory=dict)
    cases: dict[CaseRef, Case] = field(default_factory=dict)
    files: dict[ContactId, ContactFile] = field(default_factory=dict)
    ledger: dict[tuple[str, str], str] = field(default_factory=dict)
    queue: list[tuple[str, tuple[str, ...], datetime]] = field(default_factory=list)
    told: list[tuple[str, str, str]] = field(default_factory=list)
    switch: DisposalSwitch = field(default_factory=lambda: DisposalSwitch(mode=Mode.ON, limit=1000))
    calls: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    fail_before: dict[str, int] = field(default_factory=dict)
    fail_after: dict[str, int] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    kill_after: int = -1
    _serial: int = 0

    # Time -----------------------------------------------------------------------------------------------------------
    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    # Faults ---------------------------------------------------------------------------------------------------------
    def call(self, name: str, effect: Callable[[], T]) -> T:
        self.calls[name] += 1
        if self._strikes(self.fail_before, name):
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
            updated_at=ended,
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
        keeper = Keeper(
            policy=self.policy,
            stores=Stores(buckets={one: one.value for one in classes}, prefixes={}),
            clock=self,
            register=FakeRegister(self),
            contacts=FakeContacts(self),
            sources=FakeSources(self),
            evidence=FakeEvidence(self),
            notices=FakeNotices(self),
            count=lambda name, value: self.counted.update({name: value}),
        )
        return Placing(
            policy=self.policy,
            clock=self,
            register=FakeRegister(self),
            contacts=FakeContacts(self),
            keeper=keeper,
            work=FakeWork(self),
        )

    def sweep(self) -> Sweep:
        return Sweep(
            clock=self,
            register=FakeRegister(self),
            evidence=FakeEvidence(self),
            work=FakeWork(self),
            notices=FakeNotices(self),
            switch=lambda: self.switch,
            hold_bucket="holds",
        )

    def releasing(self) -> Releasing:
        return Releasing(
            clock=self,
            register=FakeRegister(self),
            evidence=FakeEvidence(self),
            work=FakeWork(self),
            switch=lambda: self.switch,
            hold_bucket="holds",
        )

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
                    placing.hold(CaseRef(arguments[0]), ContactId(arguments[1]), arguments[2])
                case "apply":
                    placing.apply(CaseRef(arguments[0]), ContactId(arguments[1]))
                case "attend":
                    placing.attend(ContactId(arguments[0]))
                case "recheck":
                    placing.recheck(ContactId(arguments[0]), int(arguments[1]))

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


@dataclass
class FakeRegister:
    world: World

    def case(self, case: CaseRef) -> Case | None:
        return self.world.call("register.case", lambda: self.world.cases.get(case))

    def save_case(self, before: Case | None, after: Case) -> None:
        def effect() -> None:
            if self.world.cases.get(after.case) != before:
                raise StaleFile
            self.world.cases[after.case] = after

        self.world.call("register.save_case", effect)

    def contacts_of(self, case: CaseRef) -> Iterator[ContactId]:
        return self.world.call(
            "register.contacts_of",
            lambda: iter([one for one, file in self.world.files.items() if file.hold_of(case) is not None]),
        )

    def file(self, contact_id: ContactId) -> ContactFile:
        return self.world.call(
            "register.file", lambda: self.world.files.get(contact_id, ContactFile(contact_id=contact_id))
        )

    def save(self, before: ContactFile, after: ContactFile) -> ContactFile:
        def effect() -> ContactFile:
            if (
                self.world.files.get(before.contact_id, ContactFile(contact_id=before.contact_id)).version
                != before.version
            ):
                raise StaleFile
            stored = replace(after, version=before.version + 1)
            self.world.files[before.contact_id] = stored
            return stored

        return self.world.call("register.save", effect)

    def due(self, now: datetime) -> Iterator[ContactId]:
        found = [file for file in self.world.files.values() if file.next_action_at and file.next_action_at <= now]
        return self.world.call(
            "register.due",
            lambda: iter([file.contact_id for file in sorted(found, key=lambda file: file.next_action_at or now)]),
        )

    def enter_disposal(self, entries: Sequence[Ledgered], at: datetime) -> None:  # noqa: ARG002
        self.world.call(
            "register.enter_disposal",
            lambda: self.world.ledger.update({(entry.key, entry.version_id): entry.cause for entry in entries}),
        )

    def confirm_disposal(self, bucket: str, key: str, version_id: str, at: datetime) -> None:
        raise NotImplementedError


@dataclass
class FakeContacts:
    world: World

    def describe(self, contact_id: ContactId) -> Contact | None:
        return self.world.call("connect.describe", lambda: self.world.people.get(contact_id))

    def associated(self, contact_id: ContactId) -> tuple[ContactId, ...]:
        return self.world.call("connect.associated", lambda: self.world.chains.get(contact_id, ()))

    def references(self, contact_id: ContactId) -> tuple[Reference, ...]:  # noqa: ARG002
        return self.world.call("connect.references", tuple)

    def evaluations(self, contact_id: ContactId) -> tuple[Evaluation, ...]:  # noqa: ARG002
        return self.world.call("connect.evaluations", tuple)

    def answers(self, evaluation_id: str) -> Evaluation:
        raise NotImplementedError


@dataclass
class FakeSources:
    world: World

    def find(self, bucket: str, prefix: str) -> tuple[str, ...]:
        return self.world.call(
            "sources.find",
            lambda: tuple(key for place, key in self.world.records if place == bucket and key.startswith(prefix)),
        )

    def protect(self, record_class: RecordClass, bucket: str, key: str) -> SourceVersion | None:
        def effect() -> SourceVersion | None:
            versions = self.world.records.get((bucket, key))
            if not versions:
                return None
            versions[-1].legal_hold = True
            return SourceVersion(
                record_class=record_class, bucket=bucket, key=key, version_id=versions[-1].version_id, protected=True
            )

        return self.world.call("sources.protect", effect)

    def read(self, source: SourceVersion) -> Content:
        def effect() -> Content:
            if source.key in self.world.denied:
                raise AccessDenied("s3.GetObject", "AccessDenied")
            version = self._version(source.bucket, source.key, source.version_id)
            return Content(
                version_id=version.version_id,
                sha256=Sha256(hashlib.sha256(version.body).hexdigest()),
                bytes=len(version.body),
                last_modified=version.made_at,
            )

        return self.world.call("sources.read", effect)

    def free(self, bucket: str, key: str, version_id: str) -> None:
        def effect() -> None:
            for version in self.world.records.get((bucket, key), []):
                if version.version_id == version_id:
                    version.legal_hold = False

        self.world.call("sources.free", effect)

    def tags(self, bucket: str, key: str, version_id: str) -> dict[str, str]:
        raise NotImplementedError

    def _version(self, bucket: str, key: str, version_id: str) -> Version:
        for version in self.world.records.get((bucket, key), []):
            if version.version_id == version_id:
                return version
        raise NotFound("s3.GetObject", "NoSuchVersion")


@dataclass
class FakeEvidence:
    world: World

    def copy(self, source: SourceVersion, key: str, lock: Protection, *, replace: bool = False) -> Copy:
        body = FakeSources(self.world)._version(source.bucket, source.key, source.version_id).body  # noqa: SLF001
        return self.world.call("evidence.copy", lambda: self._put(key, body, lock, replace=replace))

    def store(self, key: str, body: bytes, lock: Protection, *, replace: bool) -> Copy:
        return self.world.call("evidence.store", lambda: self._put(key, body, lock, replace=replace))

    def describe(self, key: str, version_id: str) -> Copy | None:
        def effect() -> Copy | None:
            version = self._find(key, version_id)
            return _copy(key, version) if version else None

        return self.world.call("evidence.describe", effect)

    def lock(self, key: str, version_id: str, before: Protection, after: Protection, *, bypass: bool = False) -> None:
        def effect() -> None:
            version = self._find(key, version_id)
            if version is None:
                raise NotFound("s3.PutObjectRetention", "NoSuchVersion")
            if after.retain_until is not None and after.retain_until != before.retain_until:
                assert after.retain_until > self.world.moment, "S3 refuses a date in the past"
                if after.retain_until < (version.retain_until or after.retain_until) and not bypass:
                    raise AccessDenied("s3.PutObjectRetention", "AccessDenied")
                version.retain_until = after.retain_until
            if after.legal_hold != before.legal_hold:
                version.legal_hold = after.legal_hold

        self.world.call("evidence.lock", effect)

    def lift(self, key: str, version_id: str) -> None:
        def effect() -> None:
            version = self._find(key, version_id)
            if version is not None:
                version.legal_hold = False

        self.world.call("evidence.lift", effect)

    def versions(self, contact_id: ContactId) -> tuple[tuple[str, str], ...]:
        return self.world.call(
            "evidence.versions",
            lambda: tuple(
                (key, version.version_id)
                for key, versions in self.world.held.items()
                for version in versions
                if key.startswith(f"{contact_id}/")
            ),
        )

    def dispose(self, versions: Sequence[tuple[str, str]], *, bypass: bool = False) -> tuple[tuple[str, str], ...]:
        def effect() -> tuple[tuple[str, str], ...]:
            refused = []
            for key, version_id in versions:
                assert (key, version_id) in self.world.ledger, "the ledger is written before the first delete"
                version = self._find(key, version_id)
                if version is None:
                    continue
                locked = version.retain_until is not None and version.retain_until > self.world.moment
                if version.legal_hold or (locked and not bypass):
                    refused.append((key, version_id))
                else:
                    self.world.held[key].remove(version)
            return tuple(refused)

        return self.world.call("evidence.dispose", effect)

    def _put(self, key: str, body: bytes, lock: Protection, *, replace: bool) -> Copy:
        assert lock.retain_until is None or lock.retain_until > self.world.moment, "S3 refuses a date in the past"
        versions = self.world.held.setdefault(key, [])
        if not versions or replace:
            versions.append(Version(self.world.serial(), body, self.world.moment, lock.retain_until, lock.legal_hold))
        return _copy(key, versions[-1])

    def _find(self, key: str, version_id: str) -> Version | None:
        return next((one for one in self.world.held.get(key, []) if one.version_id == version_id), None)


def _copy(key: str, version: Version) -> Copy:
    return Copy(
        key=key,
        version_id=version.version_id,
        sha256=Sha256(hashlib.sha256(version.body).hexdigest()),
        bytes=len(version.body),
        retain_until=version.retain_until,
        legal_hold=version.legal_hold,
    )


@dataclass
class FakeWork:
    world: World

    def hold(self, case: CaseRef, contact_ids: Iterable[ContactId], signal: str) -> None:
        self._send("hold", [(case, one, signal) for one in contact_ids])

    def apply(self, case: CaseRef, contact_ids: Iterable[ContactId]) -> None:
        self._send("apply", [(case, one) for one in contact_ids])

    def attend(self, contact_ids: Iterable[ContactId]) -> None:
        self._send("attend", [(one,) for one in contact_ids])

    def recheck(self, contact_id: ContactId, attempt: int, at: datetime, now: datetime) -> None:  # noqa: ARG002
        self.world.call("work.recheck", lambda: self.world.queue.append(("recheck", (contact_id, str(attempt)), at)))

    def _send(self, kind: str, tasks: list[tuple[str, ...]]) -> None:
        self.world.call(
            f"work.{kind}", lambda: self.world.queue.extend((kind, task, self.world.moment) for task in tasks)
        )


@dataclass
class FakeNotices:
    world: World

    def outcome(self, hold: Hold) -> None:
        self._tell("outcome", hold)

    def expiring(self, hold: Hold, disappears_at: datetime) -> None:  # noqa: ARG002
        self._tell("expiring", hold)

    def ending(self, hold: Hold, days: int) -> None:
        self._tell(f"ending-{days}", hold)

    def _tell(self, kind: str, hold: Hold) -> None:
        self.world.call("notices", lambda: self.world.told.append((kind, hold.case, hold.contact_id)))
