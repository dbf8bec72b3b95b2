"""A disclosure: who asked for what, on which grounds, what was decided and handed over. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

from steward.ids import ContactId, RecordClass, Sha256
from steward.policy.disclosure import RecipientKind
from steward.rights.requests import Cut, HandOver, ItemVerdict

DisclosureId = NewType("DisclosureId", str)
"""The council's own reference of a disclosure."""

REJECTED: Final = "rejected"
"""Stands for the fields that were missing, where none was and a person refused."""


class DisclosureStatus(StrEnum):
    """How far a disclosure is."""

    ASKED = "asked"
    REFUSED = "refused"
    GRANTED = "granted"
    HANDED_OVER = "handed_over"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A file of one of the contacts, which may be chosen: where its bytes are now."""

    contact_id: ContactId
    record_class: RecordClass
    source_key: str
    bucket: str
    key: str
    version: str = ""
    bytes: int | None = None
    sha256: Sha256 | None = None
    """Known of a held copy; of what is not held only once it is in a prepared copy."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A file that goes out: whole, or with those parts silenced."""

    file: str
    verdict: ItemVerdict = ItemVerdict.WHOLE
    cuts: tuple[Cut, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Whether the person may be told of it; if not, on which ground, and when that is looked at again."""

    tell: bool
    ground: str = ""
    review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What somebody wants to give, or decided to: never the one who asked."""

    files: tuple[Chosen, ...]
    expires_on: date
    telling: Telling
    by: str
    at: datetime
    proposal: str = ""
    """The signed call that proposed it, by AWS's id of it; empty where nothing was proposed, as in an emergency."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """That it was refused once: by whom, if by a person, and for want of what, if for that. It stays on record."""

    at: datetime
    because: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class Given:
    """One file as it goes out."""

    source_key: str
    name: str
    sha256: Sha256
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """The archive that is handed over, and what could not be put into it."""

    key: str
    files: tuple[Given, ...]
    left_out: tuple[str, ...] = ()
    came_since: int = 0
    """How many files of the same contacts were there by then that nobody could have chosen."""
    at: datetime
    gone: bool = False
    links: int = 0


@dataclass(frozen=True, kw_only=True)
class Papers:
    """What an emergency owes afterwards: the formal request."""

    due_on: date
    came_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Disclosure:
    """One disclosure. Its status is not stored: it follows from what is."""

    id: DisclosureId
    kind: str
    """A ``RecipientKind``, or ``unknown``."""
    contact_ids: tuple[ContactId, ...] = ()
    requested_by: str = ""
    asked_at: datetime
    first_day: date | None = None
    last_day: date | None = None
    stated: dict[str, str] = field(default_factory=dict)
    """What was shown, by the name of the need: fixed words, dates and references."""
    form_sha256: Sha256 | None = None
    refused_because: tuple[str, ...] = ()
    """The fields that were missing or wrong; ``rejected`` where a person refused it."""
    refusals: tuple[Refusal, ...] = ()
    """Every refusal so far, the last one too where it stands: asking again takes none of them back."""
    listed: tuple[Listed, ...] = ()
    listed_at: datetime | None = None
    proposal: Grant | None = None
    grant: Grant | None = None
    prepared: Prepared | None = None
    hand_overs: tuple[HandOver, ...] = ()
    papers: Papers | None = None
    told: tuple[str, ...] = ()
    """What the information team was told, each once: what of, and for which date."""
    cleared_at: datetime | None = None
    version: int = 0

    def status(self, today: date) -> DisclosureStatus:
        """How far it is on that London date."""
        if self.refused_because:
            return DisclosureStatus.REFUSED
        if self.grant is None:
            return DisclosureStatus.ASKED
        if self.grant.expires_on < today:
            return DisclosureStatus.EXPIRED
        return DisclosureStatus.HANDED_OVER if self.hand_overs else DisclosureStatus.GRANTED

    @property
    def rejected(self) -> bool:
        """Whether a person refused it, who had seen what it was about."""
        return self.refused_because == (REJECTED,)

    @property
    def passed(self) -> bool:
        """Whether it ever showed everything that it has to, so that its contacts are on record as asked for."""
        return not self.refused_because or self.rejected

    @property
    def emergency(self) -> bool:
        """Whether it was granted before anybody else looked at it."""
        return self.kind == RecipientKind.EMERGENCY

    @property
    def telling(self) -> Telling | None:
        """Whether the person may be told, if it was granted."""
        return self.grant.telling if self.grant else None

    def barred_on(self, day: date) -> str:
        """Return why nothing may be handed over on that day, as a field and its problem; nothing if it may."""
        if self.grant is None or self.refused_because:
            return "disclosure: was not granted"
        if self.grant.expires_on < day:
            return "disclosure: has expired"
        until = self.stated.get("until")
        if until and date.fromisoformat(until) < day:
            return "until: the authority of whoever acts for the person has expired"
        return ""

    def given_of(self, contacts: Collection[ContactId]) -> int:
        """Return how many files of these contacts are in the prepared copy."""
        theirs = {one.source_key for one in self.listed if one.contact_id in contacts}
        return sum(one.source_key in theirs for one in self.prepared.files) if self.prepared else 0

    def chosen(self, name: str) -> Listed | None:
        """Return the listed file of that key; its end is enough where only one ends so."""
        exact = [one for one in self.listed if name in (one.source_key, f"{one.bucket}/{one.source_key}")]
        last = name.rpartition("/")[2]
        alike = [one for one in self.listed if one.source_key.rpartition("/")[2] == last]
        return exact[0] if exact else alike[0] if len(alike) == 1 else None
