"""What belongs together: the chain of a contact, by Connect, and the contacts of a case, by the register of holds."""

from __future__ import annotations

import json
from dataclasses import dataclass

from steward.holds.ports import Contacts, Register
from steward.ids import CaseRef, ContactId


@dataclass(frozen=True)
class KnownChains:
    """Asks Connect and the register of holds."""

    contacts: Contacts
    register: Register

    def chain(self, contact_id: ContactId) -> tuple[ContactId, ...] | None:
        """Return the other contacts of the same chain; no tuple where Connect does not list that of a known contact."""
        return self.contacts.chain(contact_id)

    def snapshot(self, contact_id: ContactId) -> bytes | None:
        """Return what is known of a contact as JSON: by Connect, or at least that it is held; none otherwise.

        Connect forgets a contact after 24 months; a hold may last longer.
        """
        found = self.contacts.describe(contact_id)
        if found is not None:
            return found.snapshot
        return json.dumps({"ContactId": contact_id}).encode() if self.register.file(contact_id).holds else None

    def of_case(self, case: str) -> tuple[ContactId, ...]:
        """Return the contacts that are held, or were, for a case."""
        return tuple(self.register.contacts_of(CaseRef(case)))
