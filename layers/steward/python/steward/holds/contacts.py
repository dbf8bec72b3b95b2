"""What Amazon Connect says of a contact, as far as holding it needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from steward.ids import ContactId


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One entry of a contact's ``Recordings``. ``bucket`` and ``key`` are its location split at the first slash."""

    bucket: str
    key: str
    media: str
    """``AUDIO``, ``VIDEO``, ``CHAT`` or empty."""
    deleted: bool
    deletion_reason: str
    stopped_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A file that the contact refers to: an attachment or the body of an e-mail. ``file_ids`` may name its object."""

    kind: str
    file_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One submitted evaluation of the contact; ``answers`` by the question's reference id."""

    evaluation_id: str
    form: str
    submitted: bool
    modified_at: datetime
    evaluator: str
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact. ``snapshot`` is the whole of ``DescribeContact``'s answer as canonical JSON."""

    contact_id: ContactId
    channel: str
    initiated_at: datetime | None
    ended_at: datetime | None
    recordings: tuple[Recording, ...]
    evaluated: bool
    """Whether any evaluation of the contact exists."""
    snapshot: bytes
