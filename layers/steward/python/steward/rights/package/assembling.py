"""Putting a package together once everything is decided: every contact, and every file of the confirmed ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from steward.archive import Entry, manifest
from steward.clock import Clock, london_date
from steward.holds.requests import BadRequest
from steward.ids import CaseRef, ContactId
from steward.policy.model import Policy
from steward.rights.correcting import Statement
from steward.rights.disclosing.register import Disclosure
from steward.rights.disclosing.telling import told
from steward.rights.finding.identifiers import read_intake
from steward.rights.finding.registers import Entries
from steward.rights.letters import long_date
from steward.rights.package import pages
from steward.rights.package.contents import (
    LARGEST_PACKAGE,
    HeldFile,
    Part,
    Withheld,
    folder_of,
    record_of,
    released,
)
from steward.rights.ports import Outside, Requests, VersionConflict
from steward.rights.requests import Package, PackageFile, RequestId, Right, SubjectRequest

_TRIES: Final = 8


class NotYet(Exception):
    """Something that the package needs is still under way; the same message again will find it."""


class Holdings(Protocol):
    """What is held of contacts, in the register and the bucket of holds."""

    def files(self, contact_id: ContactId, case: CaseRef) -> tuple[HeldFile, ...] | None:
        """Return the held copies of a contact, or none while the hold of that case is not on record yet."""

    def content(self, file: HeldFile) -> bytes:
        """Return the bytes of a held copy. Raises ``steward.rights.package.contents.TooLarge``."""


class Disclosed(Protocol):
    """The register of disclosures."""

    def about(self, contact_id: ContactId) -> tuple[Disclosure, ...]:
        """Return the disclosures that name a contact."""


class Shelf(Protocol):
    """The store of rights."""

    def intake(self, key: str) -> bytes | None:
        """Return an intake, or none if there is no such object."""

    def record(self, request: RequestId, contact_id: ContactId) -> bytes | None:
        """Return the copy of a contact's record that is kept for a request."""

    def entries(self, request: RequestId, contact_id: ContactId) -> Entries:
        """Return what is kept of the registers' entries about a contact."""

    def statements(self, contact_id: ContactId) -> tuple[Statement, ...]:
        """Return what people said of a contact, by its day."""

    def keep_package(self, key: str, entries: Sequence[Entry]) -> None:
        """Write the entries as one archive; the same entries make the same bytes."""


@dataclass(frozen=True, kw_only=True)
class Assembling:
    """Lists the files that need a verdict, and builds the package when none is missing."""

    clock: Clock
    policy: Policy
    requests: Requests
    holdings: Holdings
    shelf: Shelf
    disclosed: Disclosed
    outside: Outside

    def assemble(self, request_id: RequestId) -> None:
        """Bring a request's list of files up to date, and build its package if everything is decided.

        Raises ``NotYet`` while a contact's hold is under way, ``BadRequest`` for an unknown request, and
        ``VersionConflict`` if others keep changing it.
        """
        for _ in range(_TRIES):
            known = self.requests.find(request_id)
            if known is None:
                raise BadRequest("request", "is not on record", about=f"request {request_id}")
            request = known.request
            if not request.open or request.right is not Right.ACCESS or request.package is not None:
                return
            try:
                self._next(request)
            except VersionConflict:
                continue
            return
        raise VersionConflict("others keep changing this request")

    def _next(self, request: SubjectRequest) -> None:
        files = [file for match in request.confirmed for file in self._files(request, match.contact_id, match.held)]
        to_review = tuple(sorted({one.source_key for one in files}))
        if to_review != request.to_review:
            request = self.requests.save(request, replace(request, to_review=to_review))
        reviewed = {one.file for one in request.items}
        if request.search is None or not request.search.complete or request.undecided or set(to_review) - reviewed:
            return
        if request.identity.outstanding:
            # Nothing is put together for somebody who has not shown who they are; the night asks again.
            return
        parts, room = list[Part](), LARGEST_PACKAGE
        for number, match in enumerate(request.confirmed, start=1):
            theirs = [one for one in files if one.contact_id == match.contact_id]
            parts.append(self._part(request, number, match.contact_id, theirs, room))
            room -= _size(parts[-1].entries)
        entries = [*self._pages(request, parts), *(entry for part in parts for entry in part.entries)]
        listed = manifest({"request": request.id}, entries)
        digest = listed.sha256
        key = f"packages/{request.id}/{digest}.zip"
        self.shelf.keep_package(key, [*entries, listed])
        package = Package(
            key=key,
            manifest_sha256=digest,
            files=tuple(_file(one) for one in [*entries, listed]),
            built_at=self.clock.now(),
        )
        self.requests.save(request, replace(request, package=package))
        self.outside.announce(
            "Package Ready",
            request.id,
            {"manifest_sha256": digest, "files": len(package.files), "contacts": len(parts)},
        )

    def _files(self, request: SubjectRequest, contact_id: ContactId, held: bool) -> tuple[HeldFile, ...]:  # noqa: FBT001
        if not held:
            return ()
        files = self.holdings.files(contact_id, CaseRef(request.id))
        if files is None:
            raise NotYet("a contact is not held yet")
        return files

    def _part(
        self, request: SubjectRequest, number: int, contact_id: ContactId, files: Sequence[HeldFile], room: int
    ) -> Part:
        body = self.shelf.record(request.id, contact_id)
        record = record_of(body) if body is not None else {"ContactId": contact_id}
        items = {one.file: one for one in request.items}
        entries, withheld = list[Entry](), list[Withheld]()
        for file in files:
            item = items[file.source_key]
            left = room - _size(entries)
            some, left_out = released(folder_of(number, record), file, item, self.holdings.content, left)
            entries += some
            withheld += left_out
        if not files:
            withheld.append(Withheld(what=pages.GONE, ground=""))
        return Part(
            number=number,
            contact_id=contact_id,
            record=record,
            entries=tuple(entries),
            withheld=tuple(withheld),
            registered=self.shelf.entries(request.id, contact_id),
            statements=self.shelf.statements(contact_id),
        )

    def _pages(self, request: SubjectRequest, parts: Sequence[Part]) -> Iterator[Entry]:
        body = self.shelf.intake(request.intake_key)
        yield from pages.pages(
            pages.Told(
                request=request,
                parts=parts,
                policy=self.policy,
                made_on=london_date(self.clock.now()),
                kinds={str(one.kind) for one in read_intake(body)[0]} if body is not None else (),
                recipients=self._recipients(request),
            )
        )

    def _recipients(self, request: SubjectRequest) -> tuple[tuple[str, str], ...]:
        """Return who received something of the person, each with the day, as far as the person may be told."""
        own = {match.contact_id for match in request.confirmed}
        found = told((one for contact in own for one in self.disclosed.about(contact)), own)
        return tuple((one.who, long_date(one.on, "en")) for one in found)


def _size(entries: Iterable[Entry]) -> int:
    return sum(len(one.content) for one in entries)


def _file(entry: Entry) -> PackageFile:
    return PackageFile(name=entry.name, sha256=entry.sha256, bytes=len(entry.content))
