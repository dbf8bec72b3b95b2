"""What belongs to the contacts that were found: their chains, the registers, and contacts that were named outright."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from steward.ids import ContactId
from steward.rights.finding.identifiers import Identifier, Kind
from steward.rights.finding.registers import Entries, Registers, numbers_of, own_number
from steward.rights.finding.scanning import Found
from steward.rights.requests import Match, RequestId, SubjectRequest, Verdict


class Chains(Protocol):
    """Contacts that belong together, and contacts of a case."""

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        """Return the other contacts of the same chain; no tuple where Connect does not list that of a known contact."""

    def snapshot(self, contact_id: ContactId) -> bytes | None:
        """Return what is known of a contact as JSON: by Connect, or at least that it is held; none otherwise."""

    def of_case(self, case: str) -> tuple[ContactId, ...]:
        """Return the contacts that are held, or were, for a case."""


class KeptRecords(Protocol):
    """What is kept of the contacts that were found, in the store of rights."""

    def record(self, request: RequestId, contact_id: ContactId) -> bytes | None:
        """Return the copy of a contact's record that is kept for a request."""

    def keep_entries(self, request: RequestId, contact_id: ContactId, entries: Entries) -> None:
        """Keep what registers say of a contact, together with what was kept of it before."""


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """Goes on from the contacts that were found in exported records. ``keep`` copies one more, and lets it be held."""

    chains: Chains
    registers: Registers
    kept: KeptRecords

    def expand(
        self,
        request: SubjectRequest,
        identifiers: Sequence[Identifier],
        keep: Callable[[SubjectRequest, Found], None],
    ) -> tuple[ContactId, ...]:
        """Add contacts of the same chains, those that were named, and those of which only a register knows.

        Return the contacts whose chain is not known: the look is not complete. Another person's contact leads to no
        other one. What Connect says of a chain is what it says now. A contact of which nothing is known any more is
        left out.
        """
        unknown = list[ContactId]()
        seen = {one.contact_id for one in request.matches}
        strangers = {one.contact_id for one in request.matches if one.verdict is Verdict.REJECTED}
        for contact_id in [*sorted(seen), *self._named(identifiers)]:
            if contact_id in strangers:
                continue
            chain = self.chains.chain(contact_id)
            if chain is None:
                unknown.append(contact_id)
            for other in (contact_id, *(chain or ())):
                if other not in seen:
                    seen.add(other)
                    self._add(request, other, keep, weak=False)
        for number in numbers_of(self.registers, identifiers):
            for contact_id in self.registers.contacts_of(number):
                if contact_id not in seen:
                    seen.add(contact_id)
                    # Somebody may have given the number in a call of their own.
                    self._add(request, contact_id, keep, weak=True)
        return tuple(unknown)

    def copy_entries(
        self, request: SubjectRequest, matches: Sequence[Match], identifiers: Sequence[Identifier]
    ) -> None:
        """Copy what the registers say of each contact that is not another person's."""
        given = numbers_of(self.registers, identifiers)
        for match in matches:
            if match.verdict is Verdict.REJECTED:
                continue
            body = self.kept.record(request.id, match.contact_id)
            number = own_number(json.loads(body)) if body else None
            own = (self.registers.hashed(number),) if number else ()
            entries = self.registers.entries(match.contact_id, [*given, *own])
            if entries:
                self.kept.keep_entries(request.id, match.contact_id, entries)

    def _named(self, identifiers: Sequence[Identifier]) -> Iterator[ContactId]:
        for one in identifiers:
            if one.kind is Kind.CONTACT:
                yield ContactId(one.value)
            elif one.kind is Kind.CASE:
                yield from self.chains.of_case(one.value)

    def _add(
        self,
        request: SubjectRequest,
        contact_id: ContactId,
        keep: Callable[[SubjectRequest, Found], None],
        *,
        weak: bool,
    ) -> None:
        snapshot = self.chains.snapshot(contact_id)
        if snapshot is None and weak:
            # Connect has forgotten the contact; the register has not, and it is the person's all the same.
            snapshot = json.dumps({"ContactId": contact_id}).encode()
        if snapshot is not None:
            keep(request, Found(contact_id=contact_id, updated_at="", began_at="", weak=weak, line=snapshot))
