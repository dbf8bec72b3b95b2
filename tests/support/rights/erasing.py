"""Every port of an erasure in memory, for requests of many contacts: its time runs out, and it may die after any call.

A message is worked through as the queue does it: one that died is delivered again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from steward.decisions.book import Outcome, Row
from steward.decisions.people import Person
from steward.failures import AwsError, Contended, UnreadableRow
from steward.ids import ContactId
from steward.retention.disposal import DisposalSwitch, Mode
from steward.rights.erasure.artefacts import (
    CONNECT,
    CONTACT_RECORD,
    NO_OPERATION,
    UNAPPROVED,
    Artefact,
    ArtefactStatus,
    Erased,
    Erasure,
    Order,
)
from steward.rights.erasure.carrying_out import CarryingOut
from steward.rights.erasure.planning import Looking, Planning
from steward.rights.erasure.ports import Hindrance, LockedObject, Version
from steward.rights.erasure.running import Running
from steward.rights.finding.scanning import UnreadableRecords
from steward.rights.ports import OnRecord, VersionConflict
from steward.rights.requests import Identity, Match, RequestId, Right, Search, SubjectRequest, Verdict
from tests.support.rights.memory import DiedError, Part

ERA = RequestId("ERA-1")
BEGAN = datetime(2027, 1, 5, 9, tzinfo=UTC)
MONTHS = ("2026-10", "2026-11", "2026-12")
IN_ONE_OBJECT = 5


def name(number: int) -> ContactId:
    return ContactId(f"contact-{number:04}")


@dataclass
class Council:
    """Whatever an erasure of ``many`` contacts asks. ``steps`` is how much one invocation has time for."""

    many: int
    steps: int = 50
    at: datetime = BEGAN
    dies_after: int | None = None
    calls: int = 0
    deaths: int = 0
    stands: Erasure | None = None
    plans: list[Erasure] = field(default_factory=list)
    """Everything that stood before somebody agreed."""
    entered: list[Order] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    queue: deque[tuple[str, int, datetime | None]] = field(default_factory=deque)
    asked_at: datetime | None = None
    """When the looks were asked for that are in the queue."""
    there: set[tuple[str, str]] = field(default_factory=set)
    """What is kept: store and key."""
    lines: dict[str, list[ContactId]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    denied: dict[str, AwsError] = field(default_factory=dict)
    """Objects of records that S3 does not give, and what it answers."""
    hindered: dict[ContactId, Hindrance] = field(default_factory=dict)
    looked: dict[ContactId, list[datetime]] = field(default_factory=dict)
    read: list[tuple[datetime, str]] = field(default_factory=list)
    since: set[datetime | None] = field(default_factory=set)
    """Since when records were read."""
    said: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    rejected: set[ContactId] = field(default_factory=set)
    dies_in: str = ""
    """Die once, right after that: ``rewrite``."""
    earlier_versions: set[str] = field(default_factory=set)
    """Objects of records of which an earlier version is there, with somebody's line."""
    contended: set[str] = field(default_factory=set)
    """Objects of records that others keep writing."""
    locked: set[str] = field(default_factory=set)
    """Objects that S3 keeps under a lock."""
    announced: set[tuple[str, str, str]] = field(default_factory=set)
    """What the ledger was told of before: store, key and contact."""
    taken: set[tuple[str, str, str]] = field(default_factory=set)
    """What was taken away, likewise."""
    taken_though_held: list[str] = field(default_factory=list)
    unreadable: dict[ContactId, Exception] = field(default_factory=dict)
    """Contacts of which cannot be told whether anything holds them, and what asking for it comes to."""
    unknown_recipients: set[ContactId] = field(default_factory=set)
    """Contacts whose disclosures cannot be read."""
    lasting: set[ContactId] = field(default_factory=set)
    """Contacts of which Connect has something that no operation removes."""
    given: dict[ContactId, str] = field(default_factory=dict)
    """The disclosure that gave something of a contact to others."""
    unlisted: AwsError | None = None
    """What S3 answers, once, to whoever lists a month of records."""
    uncopied: dict[ContactId, AwsError] = field(default_factory=dict)
    """Contacts whose copied record cannot be fetched, and what S3 answers."""
    copies: dict[ContactId, bytes | None] = field(default_factory=dict)
    """Copied records that are not as they were made, or gone."""
    began: dict[ContactId, datetime] = field(default_factory=dict)
    """When contacts began, of those that Connect still knows."""
    thrown_after: int | None = None
    """The switch of disposals is off once so many calls were made."""

    def __post_init__(self) -> None:
        for number in range(self.many):
            contact_id = name(number)
            self.there |= {("call_recording", f"{contact_id}.wav"), (CONNECT, contact_id)}
            self.lines.setdefault(self.object_of(number), ["a neighbour"]).append(contact_id)  # type: ignore[list-item]

    @staticmethod
    def object_of(number: int) -> str:
        year, _, month = MONTHS[number % len(MONTHS)].partition("-")
        packed = number // (len(MONTHS) * IN_ONE_OBJECT)
        return f"contact-records/year={year}/month={month}/{packed:04}.json.gz"

    # What its people and its queue do ---------------------------------------------------------------------------------

    @property
    def running(self) -> Running:
        return Running(
            clock=self,  # type: ignore[arg-type]
            erasures=Register(self),  # type: ignore[arg-type]
            ledger=self,  # type: ignore[arg-type]
            decided=lambda _: self.rows,
            carrying=CarryingOut(
                clock=self,  # type: ignore[arg-type]
                looking=self.looking,
                ledger=self,  # type: ignore[arg-type]
                switch=self.switch,
            ),
            work=Queue(self),  # type: ignore[arg-type]
            outside=self,
            notices=Told(self),  # type: ignore[arg-type]
            kept_for=timedelta(days=800),
            count=lambda metric, by: self.counted.append(f"{metric} {by}"),
        )

    @property
    def planning(self) -> Planning:
        return Planning(
            clock=self,  # type: ignore[arg-type]
            requests=self,  # type: ignore[arg-type]
            erasures=Register(self),  # type: ignore[arg-type]
            looking=self.looking,
            work=Queue(self),  # type: ignore[arg-type]
            notices=Told(self),  # type: ignore[arg-type]
        )

    @property
    def looking(self) -> Looking:
        return Looking(kept=self, records=Lines(self))  # type: ignore[arg-type]

    def switch(self) -> DisposalSwitch:
        off = self.thrown_after is not None and self.calls >= self.thrown_after
        return DisposalSwitch(mode=Mode.DRY_RUN if off else Mode.ON, limit=100_000)

    def tomorrow(self) -> None:
        """Let the next night pass."""
        self.at += timedelta(days=1)
        self.ask("replay")
        self.work_off()

    def ask(self, what: str) -> None:
        self.queue.append((what, 0, None))

    def deliver(self) -> None:
        """Let one message be handled; one whose handler died is delivered again."""
        what, seconds, going_on = self.queue[0]
        self.at += timedelta(seconds=seconds)
        left = iter(range(self.steps))
        time_left = lambda: next(left, None) is not None  # noqa: E731 - a clock that runs out
        begun, self.queue[0] = self.calls, (what, 0, going_on)
        try:
            if what == "plan":
                self.planning.plan(ERA, time_left, going_on)
            elif what == "erase":
                self.running.erase(ERA, time_left)
            else:
                self.running.replay(ERA, time_left, going_on, None if going_on else self.asked_at)
        except DiedError:
            self.deaths += 1
            return
        finally:
            assert self.calls - begun < 50 * self.steps + 500
        self.queue.popleft()

    def work_off(self, most: int = 1000) -> int:
        """Let all messages be handled, and return how many were."""
        for number in range(most):
            if not self.queue:
                return number
            self.deliver()
        raise AssertionError("the messages do not end")

    def approve(self) -> None:
        assert self.stands is not None
        self.rows.append(
            Row(
                subject="erasure",
                id=ERA,
                number=len(self.rows) + 1,
                call_id=str(len(self.rows)),
                at=self.at,
                by=Person(role="rights-approver", name="rob"),
                decision="approve",
                outcome=Outcome.DECIDED,
                items=(self.stands.plan_sha256,),
            )
        )
        self.ask("erase")

    def erased(self) -> None:
        """Plan, agree and erase, all of it."""
        self.ask("plan")
        self.work_off()
        self.approve()
        self.work_off()

    def changed(self) -> None:
        """Count a call that changes something; die right after it, if it is that one's turn."""
        self.calls += 1
        if self.dies_after is not None and self.calls >= self.dies_after:
            self.dies_after = None
            raise DiedError

    # Clock, requests and copies ---------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.at

    def find(self, request: RequestId) -> OnRecord:
        asked = SubjectRequest(
            id=request,
            right=Right.ERASURE,
            received_on=date(2027, 1, 4),
            opened_at=BEGAN,
            identity=Identity(needed=False),
            search=Search(look=2, begun_at=BEGAN, partitions=(), ended_at=BEGAN),
            matches=tuple(
                Match(
                    contact_id=name(number),
                    verdict=Verdict.REJECTED if name(number) in self.rejected else Verdict.CONFIRMED,
                    by="mary",
                )
                for number in range(self.many)
            ),
        )
        return OnRecord(request=asked, events=frozenset())

    def record(self, contact_id: ContactId, request: RequestId) -> bytes | None:
        del request
        if contact_id in self.copies:
            return self.copies[contact_id]
        if contact_id in self.uncopied:
            raise self.uncopied[contact_id]
        month = MONTHS[int(contact_id[-4:]) % len(MONTHS)]
        return f'{{"InitiationTimestamp":"{month}-03T10:00:00+00:00"}}'.encode()

    def began_at(self, contact_id: ContactId) -> datetime | None:
        return self.began.get(contact_id)

    # The ledger -------------------------------------------------------------------------------------------------------

    def enter_order(self, order: Order) -> None:
        if order not in self.entered:
            self.entered.append(order)
        self.changed()

    def orders(self, request: RequestId) -> tuple[Order, ...]:
        del request
        return tuple(self.entered)

    def announce(self, request: RequestId, at: datetime, lines: Sequence[dict[str, str]]) -> None:
        del request, at
        self.announced |= {(one["store"], one["key"], one["contact_id"]) for one in lines}
        self.changed()

    def take(self, store: str, key: str, contact_id: ContactId) -> None:
        """Note that something was taken away of a contact."""
        self.taken.add((store, key, contact_id))
        if contact_id in self.hindered:
            self.taken_though_held.append(contact_id)

    # What is kept -----------------------------------------------------------------------------------------------------

    def hindrance(self, contact_id: ContactId, request: RequestId) -> Hindrance | None:
        del request
        if contact_id in self.unreadable:
            raise self.unreadable[contact_id]
        return self.hindered.get(contact_id)

    def artefacts(self, contact: Erased, request: RequestId) -> tuple[Artefact, ...]:
        del request
        contact_id = contact.contact_id
        self.looked.setdefault(contact_id, []).append(self.at)
        mine = (("call_recording", f"{contact_id}.wav"), (CONNECT, contact_id))
        there = [Artefact(store=store, key=key, contact_id=contact_id) for store, key in mine if self.has(store, key)]
        whole = Artefact(store=CONNECT, key=f"{contact_id}/CustomerId", contact_id=contact_id)
        lasting = replace(whole, status=ArtefactStatus.NOT_VERIFIED, ground=NO_OPERATION)
        return (*there, *([lasting] if contact_id in self.lasting else ()))

    def has(self, store: str, key: str) -> bool:
        return (store, key) in self.there

    def recipients(self, contact_id: ContactId) -> tuple[str, ...]:
        if contact_id in self.unknown_recipients:
            raise UnreadableRow("a row of kind Disclosure cannot be read")
        return (self.given[contact_id],) if contact_id in self.given else ()

    def versions(self, artefact: Artefact) -> tuple[Version, ...]:
        stands = self.has(artefact.store, artefact.key)
        return (Version(key=artefact.key, version_id="1"),) if stands else ()

    def remove(self, artefact: Artefact, versions: Sequence[Version]) -> None:
        del versions
        if artefact.key in self.locked:
            raise LockedObject
        self.take(artefact.store, artefact.key, artefact.contact_id)
        self.there.discard((artefact.store, artefact.key))
        self.changed()

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...]:
        del contact_id
        return ()

    def redact(self, artefact: Artefact, *, chain_is_free: bool) -> str:
        assert chain_is_free
        self.take(CONNECT, artefact.key, artefact.contact_id)
        self.there.discard((CONNECT, artefact.key))
        self.changed()
        return ""

    # Who is told ------------------------------------------------------------------------------------------------------

    def state(self, detail_type: str, detail: dict[str, object]) -> None:
        what = detail.get("disclosures", detail.get("artefacts", ""))
        self.said.append(f"{detail_type} {what}".strip())
        self.changed()


class Register:
    """The register of erasures, each change guarded by the version that it was read at."""

    def __init__(self, council: Council) -> None:
        self.council = council

    def find(self, request: RequestId) -> Erasure | None:
        del request
        return self.council.stands

    def save(self, before: Erasure | None, after: Erasure) -> Erasure:
        known = self.council.stands
        if (known.version if known else 0) != (before.version if before else 0):
            raise VersionConflict
        # As rows are kept: no artefact is ever taken out.
        rows = {one.place: one for one in known.artefacts} if known else {}
        rows.update({one.place: one for one in after.artefacts})
        artefacts = tuple(rows[place] for place in sorted(rows))
        self.council.stands = replace(after, artefacts=artefacts, version=(before.version if before else 0) + 1)
        if self.council.stands.status in UNAPPROVED:
            self.council.plans.append(self.council.stands)
        self.council.changed()
        return self.council.stands


class Queue(Part):
    """The queue of erasures."""

    memory: Council  # type: ignore[assignment]

    def plan(self, request: RequestId, begun: datetime | None = None, seconds: int = 0) -> None:
        del request
        self._send("plan", seconds, begun)

    def erase(self, request: RequestId, seconds: int = 0) -> None:
        del request
        self._send("erase", seconds)

    def replay(
        self,
        request: RequestId,
        begun: datetime | None = None,
        seconds: int = 0,
        asked_at: datetime | None = None,
    ) -> None:
        del request, asked_at
        self._send("replay", seconds, begun)

    def _send(self, what: str, seconds: int, begun: datetime | None = None) -> None:
        self.memory.queue.append((what, seconds, begun))
        self.memory.changed()


class Lines(Part):
    """Exported records: lines of these people and of a neighbour, several in one object."""

    memory: Council  # type: ignore[assignment]

    def partition(self, month: str, since: datetime | None, after: str = "") -> Iterator[str]:
        self.memory.since.add(since)
        if self.memory.unlisted is not None and month != "errors":
            problem, self.memory.unlisted = self.memory.unlisted, None
            raise problem
        year, _, number = month.partition("-")
        for key in sorted(self.memory.lines):
            if key.startswith(f"contact-records/year={year}/month={number}/") and key > after:
                yield key

    def contacts_in(self, key: str, contacts: Iterable[ContactId]) -> tuple[ContactId, ...]:
        self.memory.read.append((self.memory.at, key))
        if key in self.memory.denied:
            raise self.memory.denied[key]
        if key in self.memory.broken:
            raise UnreadableRecords("broken")
        return tuple(one for one in self.memory.lines.get(key, ()) if one in set(contacts))

    def rewrite(self, key: str, contacts: Iterable[ContactId]) -> None:
        if key in self.memory.contended:
            raise Contended("s3.PutObject", "ConditionalRequestConflict")
        gone = set(contacts)
        for one in gone & {*self.memory.lines[key]}:
            self.memory.take(CONTACT_RECORD, key, one)
        self.memory.lines[key] = [one for one in self.memory.lines[key] if one not in gone]
        self.memory.earlier_versions.add(key)
        if self.memory.dies_in == "rewrite":
            self.memory.dies_in = ""
            raise DiedError
        self.memory.changed()

    def earlier(self, key: str, contacts: Sequence[ContactId]) -> tuple[Version, ...]:
        del contacts
        return (Version(key=key, version_id="0"),) if key in self.memory.earlier_versions else ()

    def remove(self, versions: Sequence[Version]) -> None:
        self.memory.earlier_versions -= {one.key for one in versions}


class Told(Part):
    """The information team."""

    memory: Council  # type: ignore[assignment]

    def planned(self, erasure: Erasure) -> None:
        self._say(f"planned {len(erasure.artefacts)} {erasure.plan_sha256}")

    def too_large(self, request: RequestId, contacts: int, most: int) -> None:
        del request
        self._say(f"too large {contacts} of {most}")

    def finished(self, erasure: Erasure) -> None:
        self._say(f"finished {erasure.status}")

    def failed(self, erasure: Erasure) -> None:
        self._say(f"failed {erasure.status}")

    def waits(self, erasure: Erasure, why: str) -> None:
        del erasure
        self._say(f"waits: {why}")

    def reappeared(self, request: RequestId, artefacts: int) -> None:
        del request
        self._say(f"reappeared {artefacts}")

    def _say(self, what: str) -> None:
        self.memory.said.append(what)
        self.memory.changed()
