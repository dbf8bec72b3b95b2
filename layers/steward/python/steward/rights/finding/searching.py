"""The search for a person's contacts: a task for each month of exported records, and what follows from what they find.

Every task can die between any two calls and is taken up where it was. What cannot be read makes the search incomplete,
and an incomplete search never says that nothing more is held.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from steward.clock import Clock, london_date
from steward.failures import AwsError, NotFound
from steward.holds.requests import BadRequest, Doubt
from steward.ids import ContactId
from steward.retention.contact_records import Month
from steward.retention.months import add_months
from steward.rights.finding.belonging import Belonging
from steward.rights.finding.identifiers import Identifier, read_intake
from steward.rights.finding.scanning import Found, Needles, UnreadableRecords, set_aside
from steward.rights.ports import Notices, Outside, Requests, VersionConflict
from steward.rights.requests import HELD_WHILE_OPEN, Match, RequestId, Search, SubjectRequest, Verdict

ERRORS: Final = "errors"
"""The partition of what Firehose could not place."""

SAVE_EVERY: Final = 200
"""So many objects are looked through before the place is noted."""

OVERLAP: Final = timedelta(hours=1)
"""What is new is counted from so long before the earlier look: an upload has the time of its beginning."""

_TRIES: Final = 8


@dataclass(frozen=True, kw_only=True)
class Scan:
    """How far one look has come in one partition: the last object read, what was read, and what could not be."""

    partition: str
    after: str = ""
    objects: int = 0
    bytes: int = 0
    unreadable: tuple[str, ...] = ()
    done: bool = False


class Records(Protocol):
    """Exported contact records, by partition. Raises ``steward.failures.AwsError``."""

    def partitions(self, first: Month, last: Month) -> tuple[str, ...]:
        """Return the partitions of those months of which anything is there, and that of errors."""

    def objects(self, partition: str, after: str, since: datetime | None) -> Generator[str]:
        """Return the keys in a partition that come after that key, in order; only of those written ``since`` then.

        It is closed by whoever reads it, because the next objects may be asked for already.
        """

    def lines(self, key: str) -> Iterator[bytes]:
        """Return the lines of an object. Raises UnreadableRecords where it cannot be unpacked."""

    def size(self, key: str) -> int:
        """Return the bytes of an object that was just read."""


class Store(Protocol):
    """The store of rights."""

    def intake(self, key: str) -> bytes | None:
        """Return an intake, or none if there is no such object."""

    def intake_changed_at(self, key: str) -> datetime | None:
        """Return when an intake was last written, or none if there is no such object."""

    def keep_record(self, request: RequestId, found: Found) -> None:
        """Keep a copy of a record, unless a later one of the same contact is kept already."""


class Scans(Protocol):
    """How far the looks have come."""

    def scan(self, request: RequestId, look: int, partition: str) -> Scan:
        """Return how far a look has come in a partition."""

    def scans(self, request: RequestId, look: int) -> tuple[Scan, ...]:
        """Return how far a look has come, for every partition that was begun."""

    def save_scan(self, request: RequestId, look: int, scan: Scan) -> None:
        """Note how far a look has come in a partition."""


class SearchWork(Protocol):
    """Messages to the queue of searches, and to that of holds."""

    def scan(self, request: RequestId, look: int, partitions: Iterable[str]) -> None:
        """Let those partitions be looked through."""

    def hold(self, request: SubjectRequest, contact_ids: tuple[ContactId, ...]) -> None:
        """Let the contacts be held until the request is closed."""


@dataclass(frozen=True, kw_only=True)
class Searching:
    """Looks for a person's contacts. ``held_for`` is how long anything of a contact but its record may be there."""

    clock: Clock
    search_months: int
    held_for_months: int
    requests: Requests
    scans: Scans
    records: Records
    store: Store
    belonging: Belonging
    work: SearchWork
    outside: Outside
    notices: Notices
    count: Callable[[str, int], None] = field(repr=False)

    def begin(self, request_id: RequestId) -> None:
        """Begin a look, or go on with one that has begun. Raises ``BadRequest`` for an unknown request."""
        request = self._request(request_id)
        if not request.open:
            return
        search = request.search
        if search is None or search.ended_at is not None:
            last = Month(request.received_on.year, request.received_on.month)
            day = add_months(request.received_on.replace(day=1), -self.search_months)
            partitions = self.records.partitions(Month(day.year, day.month), max(last, self._this_month()))
            search = self._next_look(request, partitions)
            request = self.requests.save(request, replace(request, search=search))
        done = {one.partition for one in self.scans.scans(request.id, search.look) if one.done}
        self._tell_of_doubts(request)
        self.work.scan(request.id, search.look, [one for one in search.partitions if one not in done])
        self._conclude(request.id, search.look)

    def _next_look(self, request: SubjectRequest, partitions: tuple[str, ...]) -> Search:
        """Return the look that comes next: over everything, or over what was written since one that was complete.

        The delivery stream writes no object twice; whoever gives more identifiers has everything read again.
        """
        before, now = request.search, self.clock.now()
        if before is None:
            return Search(look=1, begun_at=now, partitions=partitions)
        changed = self.store.intake_changed_at(request.intake_key)
        if not before.complete or changed is None or changed >= before.begun_at:
            return Search(look=before.look + 1, begun_at=now, partitions=partitions)
        since = before.begun_at - OVERLAP
        both = tuple(dict.fromkeys([*before.partitions, *partitions]))
        return Search(
            look=before.look + 1,
            begun_at=now,
            partitions=both,
            since=since,
            objects=before.objects,
            bytes=before.bytes,
        )

    def scan(self, request_id: RequestId, look: int, partition: str, *, time_left: Callable[[], bool]) -> None:
        """Look through one partition, or a part of it and ask for the rest."""
        request = self._request(request_id)
        if request.search is None or request.search.look != look or request.search.ended_at is not None:
            return
        scan = self.scans.scan(request.id, look, partition)
        needles = self._needles(request)
        if needles is None:
            scan = replace(scan, done=True, unreadable=("the intake cannot be read",))
            self.scans.save_scan(request.id, look, scan)
        elif not scan.done:
            scan = self._look_through(request, look, scan, needles, time_left)
        if not scan.done:
            self.work.scan(request.id, look, [partition])
            return
        self._conclude(request.id, look)

    def give_up(self, request_id: RequestId, look: int, partition: str) -> None:
        """Note that a partition cannot be looked through at all, after every attempt."""
        scan = self.scans.scan(request_id, look, partition)
        unreadable = (*scan.unreadable, f"{partition}: cannot be looked through")
        self.scans.save_scan(request_id, look, replace(scan, done=True, unreadable=unreadable))
        self._conclude(request_id, look)

    def _look_through(
        self, request: SubjectRequest, look: int, scan: Scan, needles: Needles, time_left: Callable[[], bool]
    ) -> Scan:
        since_saved = 0
        since = request.search.since if request.search else None
        with closing(self.records.objects(scan.partition, scan.after, since)) as keys:
            for key in keys:
                scan = self._read(request, scan, key, needles)
                since_saved += 1
                if since_saved >= SAVE_EVERY or not time_left():
                    self.scans.save_scan(request.id, look, scan)
                    since_saved = 0
                    if not time_left():
                        return scan
        scan = replace(scan, done=True)
        self.scans.save_scan(request.id, look, scan)
        self.count("RecordObjectsRead", scan.objects)
        self.count("RecordBytesRead", scan.bytes)
        return scan

    def _read(self, request: SubjectRequest, scan: Scan, key: str, needles: Needles) -> Scan:
        try:
            lines = self.records.lines(key)
            for found in needles.look(set_aside(lines) if scan.partition == ERRORS else lines):
                self._keep(request, found)
        except NotFound:
            # Its month was disposed of since it was listed.
            return replace(scan, after=key)
        except (UnreadableRecords, AwsError) as problem:
            if isinstance(problem, AwsError) and problem.retryable:
                raise
            return replace(scan, after=key, unreadable=(*scan.unreadable, key))
        return replace(scan, after=key, objects=scan.objects + 1, bytes=scan.bytes + self.records.size(key))

    def _keep(self, request: SubjectRequest, found: Found) -> None:
        """Copy the record at once, enter the contact, and let what else there is of it be held."""
        self.store.keep_record(request.id, found)
        held = request.right in HELD_WHILE_OPEN and self._may_have_more(found.began_at)
        self.requests.add_match(request.id, Match(contact_id=found.contact_id, weak=found.weak, held=held))
        known = request.match(found.contact_id)
        if held and (known is None or known.verdict is not Verdict.REJECTED):
            self.work.hold(request, (found.contact_id,))

    def _may_have_more(self, began_at: str) -> bool:
        """Tell whether a contact is young enough that a recording, or anything but its record, may be there."""
        try:
            began = datetime.fromisoformat(began_at)
        except ValueError:
            return True
        if began.tzinfo is None:
            return True
        end = add_months(london_date(began), self.held_for_months) + timedelta(days=2)
        return end >= london_date(self.clock.now())

    def _conclude(self, request_id: RequestId, look: int) -> None:
        """End a look once every partition is done: chains and registers, the request, then whoever waits for it."""
        for _ in range(_TRIES):
            request = self._request(request_id)
            search = request.search
            if search is None or search.look != look or search.ended_at is not None:
                return
            scans = {one.partition: one for one in self.scans.scans(request.id, look)}
            if not all(scans[one].done if one in scans else False for one in search.partitions):
                return
            identifiers = self._identifiers(request)
            unknown = self.belonging.expand(request, identifiers, self._keep)
            self.belonging.copy_entries(request, self._request(request_id).matches, identifiers)
            ended = replace(
                search,
                ended_at=self.clock.now(),
                unreadable=tuple(one for scan in scans.values() for one in scan.unreadable)
                or (() if identifiers else ("the intake cannot be read",)),
                unlisted=unknown,
                objects=search.objects + sum(one.objects for one in scans.values()),
                bytes=search.bytes + sum(one.bytes for one in scans.values()),
            )
            try:
                request = self.requests.save(request, replace(request, search=ended))
            except VersionConflict:
                continue
            self._tell(request, ended)
            return
        raise VersionConflict("others keep changing this request")

    def _tell(self, request: SubjectRequest, search: Search) -> None:
        known = self._request(request.id)
        facts = {"look": search.look, "contacts": len(known.matches), "objects": search.objects}
        whole = search.complete and not search.unlisted
        unknown = len(search.unreadable) + len(search.unlisted)
        self.outside.announce(
            "Search Complete" if whole else "Search Incomplete", request.id, {**facts, "unreadable": unknown}
        )
        if not whole:
            self.notices.incomplete(request)

    def _needles(self, request: SubjectRequest) -> Needles | None:
        found = self._identifiers(request)
        return Needles(found) if found else None

    def _identifiers(self, request: SubjectRequest) -> tuple[Identifier, ...]:
        body = self.store.intake(request.intake_key)
        try:
            return read_intake(body)[0] if body is not None else ()
        except BadRequest:
            return ()

    def _tell_of_doubts(self, request: SubjectRequest) -> None:
        body = self.store.intake(request.intake_key)
        try:
            doubts = read_intake(body)[1] if body is not None else (Doubt(field="intake", problem="is not there"),)
        except BadRequest as problem:
            doubts = (Doubt(field=problem.field, problem=problem.problem),)
        if doubts and request.search and request.search.look == 1:
            self.notices.doubts(request.id, doubts)

    def _request(self, request_id: RequestId) -> SubjectRequest:
        known = self.requests.find(request_id)
        if known is None:
            raise BadRequest("request", "is not on record", about=f"request {request_id}")
        return known.request

    def _this_month(self) -> Month:
        today = london_date(self.clock.now())
        return Month(today.year, today.month)
