"""The roles that change what the stores keep."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ChangingRoles:
    """The names of the roles that may write or remove something; the stores' policies name them before they exist."""

    place_hold: str
    release_hold: str
    maintain_holds: str
    remove_card_data: str
    retire_contact_records: str
    deliver_contact_records: str
    break_glass: str
    """A person's; it changes nothing itself."""
    guard_evidence: str
    erase_person: str

    @classmethod
    def of(cls, prefix: str) -> ChangingRoles:
        """Return the names in the environment with that prefix."""
        return cls(
            place_hold=f"{prefix}-place-hold",
            release_hold=f"{prefix}-release-hold",
            maintain_holds=f"{prefix}-maintain-holds",
            remove_card_data=f"{prefix}-remove-card-data",
            retire_contact_records=f"{prefix}-retire-contact-records",
            deliver_contact_records=f"{prefix}-deliver-contact-records",
            break_glass=f"{prefix}-break-glass",
            guard_evidence=f"{prefix}-guard-evidence",
            erase_person=f"{prefix}-erase-person",
        )
