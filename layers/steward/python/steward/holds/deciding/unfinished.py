"""What two people agreed on about holds and is not carried out yet, as far as the register tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from steward.decisions.book import Agreement
from steward.holds.ports import Register
from steward.holds.release import asked_for_since
from steward.holds.removing.orders import Notes
from steward.ids import CaseRef, ContactId


@dataclass(frozen=True)
class UnfinishedReleases:
    """A release whose order arrived has every hold leaving, or kept because it was flagged since."""

    register: Register
    agreed: Callable[[CaseRef], Sequence[Agreement]]

    def __call__(self, identifier: str) -> bool:
        """Tell whether a hold of the case should be leaving and is not; raise ``steward.failures``."""
        agreements = self.agreed(CaseRef(identifier))
        case = self.register.case(CaseRef(identifier))
        for contact_id in self.register.contacts_of(CaseRef(identifier)):
            latest = next((one for one in reversed(agreements) if one.names(contact_id)), None)
            if latest is None:
                continue
            hold = self.register.file(contact_id).hold_of(CaseRef(identifier))
            if hold is None or not hold.active or hold.leaving is not None:
                continue
            if not asked_for_since(case, hold, latest):
                return True
        return False


@dataclass(frozen=True)
class UnfinishedRemovals:
    """A removal that was carried out has a note in the register."""

    agreed: Callable[[ContactId], Sequence[Agreement]]
    notes: Notes

    def __call__(self, identifier: str) -> bool:
        """Tell whether something of the contact is still to be removed; raise ``steward.failures``."""
        contact_id = ContactId(identifier)
        return any(not self.notes.carried_out(contact_id, one.approval.number) for one in self.agreed(contact_id))
