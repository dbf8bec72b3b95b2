"""Every port of people's rights in memory: it keeps what it is given, and may die after any change."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from steward.archive import Entry
from steward.decisions.book import Row, Taken
from steward.decisions.subjects import Subject
from steward.holds.requests import BadRequest, Doubt
from steward.ids import CaseRef, ContactId, NumberHash, RecordClass
from steward.retention.contact_records import Month
from steward.rights.adapters.records import record_key
from steward.rights.clock.deadlines import Deadlines
from steward.rights.correcting import Statement
from steward.rights.disclosing.register import Disclosure
from steward.rights.finding.registers import NOTHING, Entries
from steward.rights.finding.scanning import Found, UnreadableRecords
from steward.rights.finding.searching import Scan
from steward.rights.package.contents import HeldFile
from steward.rights.ports import OnRecord, VersionConflict
from steward.rights.requests import Correction, Match, RequestId, SubjectRequest


class DiedError(BaseException):
    """The function is gone, after what it had called took effect."""


@dataclass
class Memory:
    """All ports in one, so that a death can be set after any call of any of them."""

    at: datetime = datetime(2027, 1, 5, 9, tzinfo=UTC)
    calls: int = 0
    dies_after: int | None = None
    stored: dict[RequestId, tuple[SubjectRequest, frozenset[str]]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    scanned: dict[tuple[RequestId, int, str], Scan] = field(default_factory=dict)
    exported: dict[str, list[bytes]] = field(default_factory=dict)
    """Objects of exported records by key: the month, then a number."""
    broken: set[str] = field(default_factory=set)
    objects: dict[str, bytes] = field(default_factory=dict)
    """The store of rights."""
    written: dict[str, datetime] = field(default_factory=dict)
    packages: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    holds: dict[ContactId, bool] = field(default_factory=dict)
    """What is held for a request, and whether it still is."""
    files: dict[ContactId, tuple[str, ...]] = field(default_factory=dict)
    queue: deque[tuple[str, str]] = field(default_factory=deque)
    said: list[str] = field(default_factory=list)
    """Everything that left: events, notices, messages, keys."""
    links: int = 0
    stopped: dict[NumberHash, set[RequestId]] = field(default_factory=dict)
    """The numbers to which no text goes, and for which requests."""
    stated: dict[tuple[ContactId, str], Statement] = field(default_factory=dict)
    """What people said of contacts, by contact and request."""
    attributes: dict[ContactId, dict[str, str]] = field(default_factory=dict)
    forgotten: set[ContactId] = field(default_factory=set)
    """Contacts that Connect does not know any more."""
    unlisted: set[ContactId] = field(default_factory=set)
    """Contacts whose chain Connect does not list."""
    read: list[str] = field(default_factory=list)
    """The objects of exported records that were read, in order."""

    def call_(self) -> None:
        """Count a call of a port that changes something; die right after it, if it is that one's turn."""
        self.calls += 1
        if self.dies_after is not None and self.calls >= self.dies_after:
            self.dies_after = None
            raise DiedError

    # Clock ------------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    # The register of requests -----------------------------------------------------------------------------------------

    def plan(self, request: RequestId) -> None:
        self.call_()
        self.queue.append(("erasures", json.dumps({"steward": "plan", "request": request})))

    def find(self, request: RequestId) -> OnRecord | None:
        known = self.stored.get(request)
        return OnRecord(request=known[0], events=known[1]) if known else None

    def save(self, before: SubjectRequest | None, after: SubjectRequest, event_id: str = "") -> SubjectRequest:
        known = self.stored.get(after.id)
        if (known[0].version if known else None) != (before.version if before else None):
            raise VersionConflict
        stored = replace(after, version=(before.version if before else 0) + 1)
        # As rows are kept: a contact that was found meanwhile stays, whoever saves.
        others = [one for one in (known[0].matches if known else ()) if stored.match(one.contact_id) is None]
        for one in others:
            stored = stored.with_match(one)
        events = (known[1] if known else frozenset()) | ({event_id} if event_id else set())
        self.stored[after.id] = stored, events
        self.call_()
        return stored

    def add_match(self, request: RequestId, match: Match) -> bool:
        known, events = self.stored[request]
        if known.match(match.contact_id) is not None:
            return False
        self.stored[request] = known.with_match(match), events
        self.call_()
        return True

    def unfinished(self) -> Iterator[RequestId]:
        yield from [one for one, (known, _) in self.stored.items() if known.open or known.cleared_at is None]

    # Messages ---------------------------------------------------------------------------------------------------------

    def _send(self, kind: str, body: str) -> None:
        self.said.append(body)
        if (kind, body) not in list(self.queue)[1:]:
            self.queue.append((kind, body))
        self.call_()

    def search(self, request: RequestId) -> None:
        self._send("search", json.dumps({"steward": "search", "request": request}))

    def assemble(self, request: RequestId) -> None:
        self._send("assemble", request)

    def correct(self, request: RequestId) -> None:
        self._send("search", json.dumps({"steward": "correct", "request": request}))

    def not_corrected(self, request: SubjectRequest, correction: Correction) -> None:
        self.said.append(f"not corrected {request.id} {correction.problem}")

    def keep_statement(self, contact_id: ContactId, statement: Statement) -> None:
        self.stated[contact_id, statement.request] = statement
        self.call_()

    def statements(self, contact_id: ContactId) -> tuple[Statement, ...]:
        return tuple(sorted(one for (whose, _), one in self.stated.items() if whose == contact_id))

    def put_right(self, contact_id: ContactId, attributes: Mapping[str, str]) -> bool:
        self.call_()
        if contact_id in self.forgotten:
            return False
        self.attributes.setdefault(contact_id, {}).update(attributes)
        return True

    def restrict(self, request: RequestId) -> None:
        self._send("search", json.dumps({"steward": "restrict", "request": request}))

    def stop(self, number: NumberHash, request: RequestId) -> None:
        self.stopped.setdefault(number, set()).add(request)
        self.call_()

    def free(self, number: NumberHash, request: RequestId) -> None:
        self.stopped.get(number, set()).discard(request)
        self.call_()

    def hold(self, request: SubjectRequest, contact_ids: tuple[ContactId, ...]) -> None:
        self.said.append(f"{request.id} {contact_ids}")
        self.holds |= dict.fromkeys(contact_ids, True)
        self.call_()

    def let_stranger_go(self, request: RequestId, contact_id: ContactId) -> None:
        known = self.stored[request][0].match(contact_id)
        assert known is not None
        if contact_id in self.holds and known.verdict == "rejected":
            self.holds[contact_id] = False
        self.call_()

    def let_go(self, request: SubjectRequest) -> None:
        self.said.append(f"closed {request.id}")
        self.call_()

    # Exported records, and the store of rights ------------------------------------------------------------------------

    def partitions(self, first: Month, last: Month) -> tuple[str, ...]:
        months = {key.partition("/")[0] for key in self.exported}
        return tuple(sorted(one for one in months if str(first) <= one <= str(last)))

    def lines(self, key: str) -> Iterator[bytes]:
        self.read.append(key)
        if key in self.broken:
            raise UnreadableRecords("broken")
        yield from self.exported[key]

    def size(self, key: str) -> int:
        return sum(map(len, self.exported.get(key, ())))

    def intake(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def intake_changed_at(self, key: str) -> datetime | None:
        return self.written.get(key)

    def keep_record(self, request: RequestId, found: Found) -> None:
        self.objects[record_key(request, found.contact_id)] = found.line
        self.said.append(record_key(request, found.contact_id))
        self.call_()

    def record(self, request: RequestId, contact_id: ContactId) -> bytes | None:
        return self.objects.get(record_key(request, contact_id))

    def keep_entries(self, request: RequestId, contact_id: ContactId, entries: Entries) -> None:
        del request, contact_id, entries
        self.call_()

    def entries(self, request: RequestId, contact_id: ContactId) -> Entries:
        del request, contact_id
        return NOTHING

    def keep_register(self, page: bytes) -> None:
        self.said.append(page.decode())
        self.call_()

    def remove(self, prefix: str, limit: int) -> int:
        del limit
        gone = [key for key in (*self.objects, *self.packages) if key.startswith(prefix)]
        for key in gone:
            self.objects.pop(key, None)
            self.packages.pop(key, None)
        self.call_()
        return len(gone)

    # Looks, chains, holdings, decisions -------------------------------------------------------------------------------

    def scan(self, request: RequestId, look: int, partition: str) -> Scan:
        return self.scanned.get((request, look, partition), Scan(partition=partition))

    def scans(self, request: RequestId, look: int) -> tuple[Scan, ...]:
        return tuple(one for key, one in self.scanned.items() if key[:2] == (request, look))

    def save_scan(self, request: RequestId, look: int, scan: Scan) -> None:
        self.scanned[request, look, scan.partition] = scan
        self.call_()

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        return None if contact_id in self.unlisted else ()

    def snapshot(self, contact_id: ContactId) -> bytes | None:
        del contact_id
        return None

    def of_case(self, case: str) -> tuple[ContactId, ...]:
        del case
        return ()

    def about(self, contact_id: ContactId) -> tuple[Disclosure, ...]:
        """Return to whom a contact was disclosed: to nobody."""
        del contact_id
        return ()

    def content(self, file: HeldFile) -> bytes:
        return f"content of {file.source_key}".encode()

    def of(self, subject: Subject, identifier: str) -> tuple[Row, ...]:
        return tuple(one for one in self.rows if (one.subject, one.id) == (subject, identifier))

    def add(self, row: Row) -> None:
        if any((one.subject, one.id, one.number) == (row.subject, row.id, row.number) for one in self.rows):
            raise Taken
        self.rows.append(row)
        self.call_()

    def add_unreadable(self, row: Row) -> None:
        raise NotImplementedError

    def state(self, detail_type: str, detail: Mapping[str, Any]) -> None:
        event = {"kind": detail_type, "id": f"decided-{len(self.rows)}", "detail": dict(detail)}
        self.said.append(json.dumps({**event, "detail": {k: v for k, v in detail.items() if k != "why"}}))
        self.queue.append(("event", json.dumps(event)))
        self.call_()

    # Who is told ------------------------------------------------------------------------------------------------------

    def announce(self, detail_type: str, request: RequestId, facts: Mapping[str, str | int]) -> None:
        self.said.append(f"{detail_type} {request} {dict(facts)}")
        self.call_()

    def refused(self, refusal: BadRequest) -> None:
        self.said.append(str(refusal))

    def doubts(self, request: RequestId, doubts: tuple[Doubt, ...]) -> None:
        self.said.append(f"{request} {[str(one) for one in doubts]}")

    def deadline(self, request: SubjectRequest, found: Deadlines, kind: str) -> None:
        self.said.append(f"{kind} {request.id} {found.act_by}")

    def chase(self, request: SubjectRequest) -> None:
        self.said.append(f"chase {request.id}")

    def still_restricted(self, request: SubjectRequest) -> None:
        self.said.append(f"still restricted {request.id}")

    def table_ends(self, last: object) -> None:
        self.said.append(str(last))

    def incomplete(self, request: SubjectRequest) -> None:
        self.said.append(f"incomplete {request.id} {request.search.unreadable if request.search else ''}")


class Part:
    """A port of which a method is called as another port's is."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the memory has of that name
        return getattr(self.memory, name)


class SearchWork(Part):
    def scan(self, request: RequestId, look: int, partitions: Iterable[str]) -> None:
        for one in partitions:
            body = {"steward": "scan", "request": request, "look": look, "partition": one}
            self.memory._send("search", json.dumps(body))  # noqa: SLF001 - a part of it


class Records(Part):
    def objects(self, partition: str, after: str, since: datetime | None) -> Generator[str]:
        for key in sorted(self.memory.exported):
            is_new = since is None or self.memory.written[key] >= since
            if key.startswith(f"{partition}/") and key > after and is_new:
                yield key


class Holdings(Part):
    def files(self, contact_id: ContactId, case: CaseRef) -> tuple[HeldFile, ...] | None:
        del case
        if not self.memory.holds.get(contact_id):
            return None
        return tuple(
            HeldFile(
                contact_id=contact_id,
                record_class=RecordClass.ATTACHMENT,
                source_key=name,
                hold_key=f"held/{name}",
                hold_version="1",
            )
            for name in self.memory.files.get(contact_id, ())
        )


class Shelf(Part):
    def keep_package(self, key: str, entries: Sequence[Entry]) -> None:
        self.memory.packages[key] = tuple(entries)
        self.memory.said.append(key)
        self.memory.call_()


class Links(Part):
    def link(self, key: str, seconds: int) -> str:
        assert seconds <= 900
        assert key in self.memory.packages
        self.memory.links += 1
        return f"https://link.example/{self.memory.links}"


class Registers(Part):
    def hashed(self, e164: str) -> NumberHash:
        return NumberHash(f"hash of {len(e164)}")

    def contacts_of(self, number: NumberHash) -> tuple[ContactId, ...]:
        del number
        return ()

    def entries(self, contact_id: ContactId, numbers: Sequence[NumberHash]) -> Entries:
        del contact_id, numbers
        return NOTHING
