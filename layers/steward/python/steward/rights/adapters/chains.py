"""What belongs together: the chain of a contact, by Connect, and the contacts of a case, by the register of holds."""

from __future__ import annotations

from dataclasses import dataclass

from steward.holds.ports import Contacts, Register
from steward.ids import CaseRef, ContactId


@dataclass(frozen=True)
class KnownChains:
    """Asks Connect and the register of holds."""

    contacts: Contacts
    register: Register

    def associated(self, contact_id: ContactId) -> tuple[ContactId, ...]:
        """Return the other contacts of the same chain, none if Connect does not know it."""
        return self.contacts.associated(contact_id)

    def snapshot(self, contact_id: ContactId) -> bytes | None:
        """Return what Connect says of a contact as JSON, none if it does not know it."""
        found = self.contacts.describe(contact_id)
        return found.snapshot if found else None

    def of_case(self, case: str) -> tuple[ContactId, ...]:
        """Return the contacts that are held, or were, for a case."""
        return tuple(self.register.contacts_of(CaseRef(case)))
