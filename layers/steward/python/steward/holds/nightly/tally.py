"""What a nightly run counts."""

from __future__ import annotations

from dataclasses import dataclass, field

from steward.ids import ContactId


@dataclass
class Tally:
    """What a run counted: contacts looked at; versions found due, disposed of, refused by S3, and left for later."""

    contacts: int = 0
    inspections: int = 0
    reminders: int = 0
    """Contacts of whose end the complaints team was told."""
    scoped: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0
    passing: int = 0
    """Failures of a kind that passes by itself, so that another run soon is worth while."""
    contacts_failed: dict[ContactId, str] = field(default_factory=dict)
    """Contacts for which not everything that is due could be done, and what stood in the way."""
    refused: dict[ContactId, str] = field(default_factory=dict)
    """Contacts of which S3 refused to delete something."""
    unconfirmed: tuple[str, ...] = ()
    """Entries of the ledger, by their keys in the register, of which S3 has said nothing for days."""
    errors: list[str] = field(default_factory=list)
    """What concerns no single contact."""
