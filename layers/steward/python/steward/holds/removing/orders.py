"""Orders to remove card data: what two people agreed on is carried out once, and told.

An order names a contact and is never believed: which objects go, who asked and who approved stands in the book of
decisions. What was carried out stands in the register, so that an order may arrive twice, or be given again at night.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from steward.clock import Clock
from steward.decisions.book import Agreement
from steward.holds.removing.erasing import CAUSE, CardDataEraser, NotGone, Removal, SwitchedOff
from steward.holds.removing.locations import StoredObject, stored_object
from steward.ids import ContactId, RecordClass


class Unfounded(Exception):
    """An order to remove what no two people agreed on; it may be forged."""


class Notes(Protocol):
    """What the register knows of removals. Raises ``steward.failures``."""

    def carried_out(self, contact_id: ContactId, number: int) -> bool:
        """Tell whether the approval of that number in the contact's book was carried out (consistent read)."""

    def note(self, contact_id: ContactId, number: int, at: datetime) -> None:
        """Note that it was."""

    def entered(self, stored: StoredObject, cause: str) -> bool:
        """Tell whether the ledger has a version of that object which went, or goes, for that cause."""


class Notices(Protocol):
    """The data protection officer."""

    def removed(self, contact_id: ContactId, gone: Sequence[StoredObject], unknown: Sequence[StoredObject]) -> None:
        """Tell that these objects are gone with every copy, and that of those no bucket ever had a version."""

    def not_gone(self, contact_id: ContactId, left: int, refused: int) -> None:
        """Tell that so many versions are there still, and that it is tried again."""

    def waiting(self, contact_id: ContactId) -> None:
        """Tell that nothing was removed, because the switch of disposals does not let it go."""


@dataclass(frozen=True, kw_only=True)
class CardDataOrders:
    """Takes orders."""

    agreed: Callable[[ContactId], Sequence[Agreement]]
    eraser: CardDataEraser
    notes: Notes
    notices: Notices
    clock: Clock

    def carry_out(self, contact_id: ContactId, *, first: bool = True) -> int:
        """Remove what two people agreed on about a contact, and return how many of their agreements were carried out.

        What stands in the way of one agreement stops no other; it is told where this is the ``first`` attempt. Raises
        ``Unfounded``; and ``NotGone``, ``SwitchedOff`` and what the eraser raises, when every agreement was tried.
        """
        agreements = self.agreed(contact_id)
        if not agreements:
            raise Unfounded("nobody agreed on the removal of anything of this contact")
        done = 0
        problem: NotGone | SwitchedOff | None = None
        for one in agreements:
            if self.notes.carried_out(contact_id, one.approval.number):
                continue
            try:
                self._one(contact_id, one)
            except (NotGone, SwitchedOff) as stopped:
                if first and problem is None:
                    self._tell(contact_id, stopped)
                problem = stopped
            else:
                done += 1
        if problem is not None:
            raise problem
        return done

    def _one(self, contact_id: ContactId, agreement: Agreement) -> None:
        objects = tuple(stored_object(one) for one in agreement.request.items)
        self.eraser.carry_out(Removal(contact_id=contact_id, objects=objects, decision=agreement.approval.number))
        gone = [one for one in objects if self._was_there(contact_id, one)]
        self.notices.removed(contact_id, gone, [one for one in objects if one not in gone])
        self.notes.note(contact_id, agreement.approval.number, self.clock.now())

    def _was_there(self, contact_id: ContactId, stored: StoredObject) -> bool:
        """Tell, also after an attempt that died, whether a version of it, or of a copy, was removed."""
        holds = self.eraser.hold_bucket
        copies = (StoredObject(holds, f"{contact_id}/{one}/{stored.key}") for one in RecordClass)
        return any(self.notes.entered(one, CAUSE) for one in (stored, *copies))

    def _tell(self, contact_id: ContactId, stopped: NotGone | SwitchedOff) -> None:
        if isinstance(stopped, NotGone):
            self.notices.not_gone(contact_id, stopped.left, stopped.refused)
        else:
            self.notices.waiting(contact_id)
