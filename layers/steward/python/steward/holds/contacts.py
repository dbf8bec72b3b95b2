"""What Amazon Connect says of a contact, as far as holding it needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from steward.ids import ContactId

LIVE_STREAM = "KINESIS_VIDEO_STREAM"
"""The ``StorageType`` of a recording that runs through a live media stream and lies in no bucket."""

GUIDE = "connect:Guide"
"""The ``connect:Subtype`` of the chat contact by which Connect routes a step-by-step guide to an agent."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One entry of a contact's ``Recordings``. ``bucket`` and ``key`` are its location split at the first slash.

    Of a live media stream the bucket is empty and the key is the stream's ARN.
    """

    bucket: str
    key: str
    media: str
    """``AUDIO``, ``VIDEO``, ``CHAT`` or empty."""
    deleted: bool
    deletion_reason: str
    stopped_at: datetime | None
    storage: str = "S3"


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
class Export:
    """Where Connect says that it exported an evaluation to. ``made_at`` is when the evaluation was submitted."""

    bucket: str
    key: str
    made_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A contact. ``snapshot`` is the whole of ``DescribeContact``'s answer as canonical JSON."""

    contact_id: ContactId
    channel: str
    initiated_at: datetime | None
    ended_at: datetime | None
    recordings: tuple[Recording, ...]
    evaluated: bool
    """Whether an evaluation of the contact exists of which Connect does not say where it was exported to."""
    snapshot: bytes
    exports: tuple[Export, ...] = ()
    subtype: str = ""
    """``SegmentAttributes["connect:Subtype"]``, such as ``connect:Guide``."""

    @property
    def stored(self) -> tuple[Recording, ...]:
        """The recordings that lie in a bucket."""
        return tuple(one for one in self.recordings if one.storage != LIVE_STREAM)

    @property
    def streamed(self) -> tuple[Recording, ...]:
        """The recordings of live media streams."""
        return tuple(one for one in self.recordings if one.storage == LIVE_STREAM)
