"""The plan of an erasure: a dry run that lists every artefact of every store with its decision and ground."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

import msgspec

from steward.clock import Clock
from steward.failures import AwsError, UnreadableRow
from steward.ids import ContactId
from steward.rights.erasure.artefacts import (
    CONNECT,
    CONTACT_RECORD,
    NOT_THEIRS,
    OPEN,
    UNAPPROVED,
    UNKNOWN_MONTH,
    Artefact,
    ArtefactStatus,
    Erased,
    Erasure,
    ErasureStatus,
    planned,
)
from steward.rights.erasure.ports import FAULTS, Erasures, Hindrance, Kept, Notices, Records, Work, untold
from steward.rights.finding.scanning import UnreadableRecords
from steward.rights.ports import Requests
from steward.rights.requests import RequestId, Right, SubjectRequest

ERRORS: Final = "errors"
UNKNOWN: Final = "unknown"
"""The month of a contact of which neither its copied record nor Connect says when it began."""
UNREADABLE: Final = "unreadable"
"""The ground of an object of records that may have lines of the person and cannot be read."""


MOST_CONTACTS: Final = 3000
"""So many contacts one erasure is about at most: their ids, twice, are a row of at most 400 KB, 103 bytes for each.

Amazon DynamoDB developer guide, "Service quotas" (item size) and "DynamoDB item sizes and formats".
"""

TOO_LARGE: Final = "too_large"
"""Among what an erasure has been told of: that it is about more contacts than one can be."""

PAUSE: Final = 60
"""So many seconds later a planning goes on that was throttled, having found something."""

_RESTS: Final = timedelta(days=1)
"""A planning that was begun longer ago is begun anew: much of what it found may have changed."""


@dataclass(frozen=True, kw_only=True)
class Object:
    """An object of records that was looked at: whose lines it has, and whether looking once more may help."""

    key: str
    artefacts: tuple[Artefact, ...]
    retry: bool = False


@dataclass(frozen=True, kw_only=True)
class Looking:
    """Lists what is kept of contacts, and changes nothing."""

    kept: Kept
    records: Records

    def of(self, contact: Erased, request: RequestId, hindrance: Hindrance | None) -> tuple[Artefact, ...]:
        """Return what is kept of a contact, but for exported records; with what hinders it, as deferred."""
        return tuple(_deferred(one, hindrance) for one in self.kept.artefacts(contact, request))

    def hindrance(self, contact_id: ContactId, request: RequestId) -> Hindrance | None:
        """Return why nothing of a contact may go now; that it cannot be told is a reason, and stops no other.

        Raises the ``AwsError`` of what asking again may help.
        """
        try:
            return self.kept.hindrance(contact_id, request)
        except FAULTS as problem:
            return _for_good(problem)

    def month(self, contact_id: ContactId, request: RequestId) -> str:
        """Return the month of a contact by its copied record; by Connect where that is gone or cannot be read.

        Connect knows a contact for as long as its record is kept. Of one without a copy, which Connect does not know,
        the search found no record in any month: there is nothing to be looked for but what was set aside.

        Raises the ``AwsError`` of what asking again may help.
        """
        unknown = UNKNOWN
        try:
            record = self.kept.record(contact_id, request)
            if record is None:
                unknown = ERRORS
            elif (month := _month(record)) is not None:
                return month
        except AwsError as problem:
            if problem.retryable:
                raise
        try:
            began = self.kept.began_at(contact_id)
        except AwsError as problem:
            if problem.retryable:
                raise
            return UNKNOWN
        return f"{began.astimezone(UTC):%Y-%m}" if began is not None else unknown

    def lines(self, contacts: Sequence[Erased], since: datetime | None = None, after: str = "") -> Iterator[Object]:
        """Return the objects that may have lines of these contacts, in the order of their keys, and those lines.

        Only those after that key; one that cannot be read is listed as failed.
        """
        months: dict[str, list[ContactId]] = {}
        for one in contacts:
            if one.month != UNKNOWN:
                months.setdefault(one.month, []).append(one.contact_id)
        everybody = [one for ids in months.values() for one in ids]
        months.pop(ERRORS, None)
        # What was set aside comes first, as its keys do: the last key that was read says how far somebody has come.
        for month, ids in ((ERRORS, everybody), *sorted(months.items())) if everybody else ():
            for key in self.records.partition(month, since, after):
                try:
                    there = self.records.contacts_in(key, ids)
                except UnreadableRecords:
                    yield Object(key=key, artefacts=(unreadable(key),))
                except AwsError as problem:
                    # One object that S3 does not give stops no other.
                    failed = replace(unreadable(key), ground=problem.code)
                    yield Object(key=key, artefacts=(failed,), retry=problem.retryable)
                else:
                    lines = tuple(Artefact(store=CONTACT_RECORD, key=key, contact_id=one) for one in there)
                    yield Object(key=key, artefacts=lines)


@dataclass(frozen=True, kw_only=True)
class Planning:
    """Makes plans, as often as something changes before somebody agreed.

    A plan of many contacts takes several runs of its function: each keeps what it found, and asks for the next. Until
    the last of them it is no plan, and nobody can agree to it.
    """

    clock: Clock
    requests: Requests
    erasures: Erasures
    looking: Looking
    work: Work
    notices: Notices

    def plan(self, request_id: RequestId, time_left: Callable[[], bool], going_on: datetime | None = None) -> None:
        """Make the plan of a request, once everything that was found is decided about; nothing otherwise.

        ``going_on`` is when the planning began that is to go on: nothing is begun for one that has ended.

        What was approved stays as it was approved. A run that is throttled keeps what it found. Raises
        ``steward.rights.ports.VersionConflict``, and the ``AwsError`` of a run that found nothing.
        """
        known = self.requests.find(request_id)
        request = known.request if known is not None else None
        if request is None or not _ready(request):
            return
        before = self.erasures.find(request.id)
        if before is not None and before.status not in UNAPPROVED:
            return
        under_way = before.planned_at if before is not None and before.status is ErasureStatus.PLANNING else None
        if going_on not in (None, under_way):
            return
        if len(request.confirmed) > MOST_CONTACTS:
            self._refuse(before, request)
            return
        begun = self._begun(before, request)
        draft, whole, problem = self._looked(request, begun, time_left)
        if problem is not None and (draft.swept, draft.read_to) == (begun.swept, begun.read_to):
            raise problem
        after = _whole(draft, request) if whole else draft
        stood = (begun.stood, begun.prepared_by) if before is not None else None
        if before is not None and before.status in OPEN and whole and _said(after) == stood:
            return
        if before is None or before.status in OPEN:
            # Before any of it changes: half of a plan is nothing to agree to.
            begun = self.erasures.save(before, begun)
        after = replace(after, version=begun.version)
        if not whole:
            self.erasures.save(begun, after)
            self.work.plan(request.id, after.planned_at, PAUSE if problem else 0)
        elif _said(after) == stood:
            self.erasures.save(begun, after)
            # Whatever was agreed meanwhile to the plan that stood, and still does, was put off.
            self.work.erase(request.id)
        else:
            # Told before it stands: what dies in between is told once more rather than never.
            self.notices.planned(after)
            self.erasures.save(begun, after)

    def _refuse(self, before: Erasure | None, request: SubjectRequest) -> None:
        """Say once that one erasure cannot be about so many contacts; nobody can agree to a plan that stood before."""
        none = Erasure(request=request.id, planned_at=self.clock.now(), contacts=())
        stands = replace(before or none, status=ErasureStatus.PLANNING)
        if TOO_LARGE not in stands.told:
            self.notices.too_large(request.id, len(request.confirmed), MOST_CONTACTS)
            stands = replace(stands, told=(*stands.told, TOO_LARGE))
        if stands != before:
            self.erasures.save(before, stands)

    def _begun(self, before: Erasure | None, request: SubjectRequest) -> Erasure:
        """Return the planning that is under way, or begin one: also where it is about other contacts by now.

        What was read of records until then was not read for a contact that came since. One that rested for a day is
        begun anew too.
        """
        if before is None:
            return Erasure(request=request.id, planned_at=self.clock.now(), contacts=(), status=ErasureStatus.PLANNING)
        now = self.clock.now()
        stood: str = before.plan_sha256
        if before.status is ErasureStatus.PLANNING:
            same = {one.contact_id for one in before.contacts} == {one.contact_id for one in request.confirmed}
            if not before.swept or (same and now - before.planned_at < _RESTS):
                return before
            stood = before.stood
        anew = before.from_the_start()
        return replace(anew, status=ErasureStatus.PLANNING, planned_at=now, stood=stood, approved_by="")

    def _looked(
        self, request: SubjectRequest, begun: Erasure, time_left: Callable[[], bool]
    ) -> tuple[Erasure, bool, AwsError | None]:
        """Return a planning after as much as there is time for, whether that is all, and what ended it before that."""
        contacts = self._contacts(request, begun)
        hindrance = cache(lambda contact_id: self.looking.hindrance(contact_id, request.id))
        found: list[Artefact] = []
        seen, read_to, whole, halted = list(begun.swept), begun.read_to, True, None
        try:
            for contact in contacts:
                if contact.contact_id in begun.swept:
                    continue
                if not time_left():
                    whole = False
                    break
                found += self._of(contact, request.id, hindrance)
                seen.append(contact.contact_id)
            for read in self.looking.lines(contacts, after=read_to) if whole else ():
                if not time_left():
                    whole = False
                    break
                found += [
                    _deferred(one, hindrance(one.contact_id) if one.contact_id else None) for one in read.artefacts
                ]
                read_to = read.key
        except AwsError as problem:
            whole, halted = False, problem
        now_seen = set(seen) - set(begun.swept)

        def passed(one: Artefact) -> bool:
            """Tell whether it would have been found just now, were it still there."""
            if one.store != CONTACT_RECORD:
                return one.contact_id in now_seen
            return begun.read_to < one.key and (whole or one.key <= read_to)

        gone = _no_more([one for one in begun.artefacts if passed(one)], found)
        draft = replace(begun, contacts=contacts, swept=tuple(seen), read_to=read_to)
        return draft.with_artefacts([*gone, *found]), whole, halted

    def _of(
        self, contact: Erased, request: RequestId, hindrance: Callable[[ContactId], Hindrance | None]
    ) -> tuple[Artefact, ...]:
        """Return what is kept of a contact; as failed where that cannot be asked, and asking again would not help."""
        if contact.month == UNKNOWN:
            return (undated(contact),)
        try:
            return self.looking.of(contact, request, hindrance(contact.contact_id))
        except FAULTS as problem:
            whole = Artefact(store=CONNECT, key=contact.contact_id, contact_id=contact.contact_id)
            return (_for_good(problem).keeping(whole),)

    def _contacts(self, request: SubjectRequest, begun: Erasure) -> tuple[Erased, ...]:
        """Return the contacts that are the person's, each with its month."""
        months = {one.contact_id: one for one in begun.contacts if one.month not in (ERRORS, UNKNOWN)}
        return tuple(
            months.get(one.contact_id)
            or Erased(contact_id=one.contact_id, month=self.looking.month(one.contact_id, request.id))
            for one in request.confirmed
        )


def _ready(request: SubjectRequest) -> bool:
    """Tell whether everything that was found for a request for erasure, which is open, is decided about."""
    if not request.open or request.right is not Right.ERASURE or request.identity.outstanding or request.undecided:
        return False
    return request.search is not None and request.search.complete


def _whole(draft: Erasure, request: SubjectRequest) -> Erasure:
    """Return the plan that a planning came to, with what somebody decided to keep."""
    scope = request.erasure_scope
    contacts = {"", *(one.contact_id for one in draft.contacts)}
    strangers = (one for one in draft.artefacts if one.contact_id not in contacts)
    known = draft.with_artefacts(
        replace(one, status=ArtefactStatus.REFUSED, ground=NOT_THEIRS, until=None) for one in strangers
    )
    return replace(
        known.from_the_start(),
        artefacts=planned(known.artefacts, scope.refusals if scope else ()),
        status=ErasureStatus.DECIDED if scope else ErasureStatus.SCOPED,
        prepared_by=request.prepared_by,
        stood="",
    )


def _said(plan: Erasure) -> tuple[str, tuple[str, ...]]:
    """Return what makes it another plan: what it says, and who had a part in it."""
    return plan.plan_sha256, plan.prepared_by


def _no_more(before: Iterable[Artefact], found: Iterable[Artefact]) -> list[Artefact]:
    """Return, as gone, what an earlier plan had and this one has not."""
    there = {one.place for one in found}
    known = [one for one in before if one.place not in there]
    return [one if one.status is ArtefactStatus.ERASED else _gone(one) for one in known]


def _gone(one: Artefact) -> Artefact:
    return replace(one, status=ArtefactStatus.ALREADY_GONE, ground="", until=None)


def _for_good(problem: AwsError | UnreadableRow) -> Hindrance:
    """Return what stands for what could not be asked; raise what asking again may help."""
    if isinstance(problem, AwsError) and problem.retryable:
        raise problem
    return untold(problem)


def unreadable(key: str) -> Artefact:
    """Return an object of records that cannot be read: it may have lines of anybody."""
    return Artefact(
        store=CONTACT_RECORD, key=key, contact_id=ContactId(""), status=ArtefactStatus.FAILED, ground=UNREADABLE
    )


def undated(contact: Erased) -> Artefact:
    """Return what stands for the records of a contact of which nobody can tell when it began: where they lie.

    All of the contact waits with them. It has a place of its own, so that no decision to keep something else hides it.
    """
    return Artefact(
        store=CONTACT_RECORD,
        key=contact.contact_id,
        contact_id=contact.contact_id,
        status=ArtefactStatus.FAILED,
        ground=UNKNOWN_MONTH,
    )


def _deferred(artefact: Artefact, hindrance: Hindrance | None) -> Artefact:
    if hindrance is None or artefact.status is not ArtefactStatus.PENDING or not hindrance.defers(artefact):
        return artefact
    return hindrance.keeping(artefact)


def _month(record: bytes) -> str | None:
    """Return the month in which a contact began, by its copied record; none where that cannot be read.

    What states no beginning was set aside by Firehose, which sorts by it.
    """
    try:
        began = msgspec.json.decode(record, type=dict[str, Any]).get("InitiationTimestamp")
        return f"{datetime.fromisoformat(str(began)):%Y-%m}" if began else ERRORS
    except (ValueError, msgspec.MsgspecError):
        return None
