"""What ``state.json`` holds: the shapes of docs/scenarios.md, one type for each kind of row."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import Struct, field


class StoredObject(Struct, frozen=True, kw_only=True):
    """One version of an object whose bytes are there; delete markers hold none and are not listed."""

    key: str
    version_id: str | None
    bytes: int
    last_modified: datetime
    is_latest: bool
    tags: dict[str, str]
    lock_mode: str | None
    retain_until: datetime | None
    legal_hold: bool


class StoreState(Struct, frozen=True, kw_only=True):
    """One bucket."""

    bucket: str
    objects: list[StoredObject]


class HeldArtefact(Struct, frozen=True, kw_only=True):
    """A copy in the hold bucket and where it came from."""

    record_class: str
    source_key: str
    hold_key: str
    sha256: str
    bytes: int


class MissingArtefact(Struct, frozen=True, kw_only=True):
    """What could not be held."""

    record_class: str
    source_key: str | None
    why: str


class HoldState(Struct, frozen=True, kw_only=True):
    """One contact's hold under one case."""

    case: str
    reason: str
    stage: str | None
    contact_id: str
    status: str
    received_on: date
    received_on_assumed: bool
    hold_until: datetime | None
    open_ended: bool
    artefacts: list[HeldArtefact]
    missing: list[MissingArtefact]
    requested_by: str | None


class Disposal(Struct, frozen=True, kw_only=True):
    """Bytes that are gone for good."""

    at: datetime
    store: str
    key: str
    version_id: str | None
    cause: str


class Message(Struct, frozen=True, kw_only=True):
    """A text that the SMS service accepted."""

    at: datetime
    to: str
    body: str
    purpose: str | None
    contact_id: str | None
    message_id: str
    status: str


class Consent(Struct, frozen=True, kw_only=True):
    """One decision of one person for one purpose."""

    at: datetime
    number_hash: str
    purpose: str
    decision: str
    wording_version: str
    contact_id: str


class Interval(Struct, frozen=True, kw_only=True):
    """A span of a recording; ``to`` is open while it goes on."""

    from_: datetime = field(name="from")
    to: datetime | None
    state: str


class RecordingState(Struct, frozen=True, kw_only=True):
    """One recording of one contact."""

    contact_id: str
    type: str
    intervals: list[Interval]


class Payment(Struct, frozen=True, kw_only=True):
    """One payment interval of the register."""

    contact_id: str
    paused_at: datetime | None
    resumed_at: datetime | None
    status: str


class Notification(Struct, frozen=True, kw_only=True):
    """A message published to a topic."""

    at: datetime
    topic: str
    subject: str | None


class DeadLetter(Struct, frozen=True, kw_only=True):
    """A message that lies in a dead-letter queue."""

    queue: str
    body: str


class UnmatchedEvent(Struct, frozen=True, kw_only=True):
    """An event that no rule took; ``bus`` is ``default`` or ``steward``."""

    at: datetime
    bus: str
    source: str
    detail_type: str


class DecisionState(Struct, frozen=True, kw_only=True):
    """One call of the decision endpoint, or one "Hold Released", as its row states it; ``by`` is ROLE/PERSON."""

    at: datetime
    subject: str
    id: str
    by: str
    decision: str
    outcome: str


class FoundContact(Struct, frozen=True, kw_only=True):
    """A contact that was found for a request, and whether it is the person's."""

    contact_id: str
    verdict: str


class PackageState(Struct, frozen=True, kw_only=True):
    """A package by the digest of its manifest, and the names of its files."""

    sha256: str
    files: list[str]


class RequestState(Struct, frozen=True, kw_only=True):
    """A person's request; there are no deadlines while its clock does not run."""

    request: str
    right: str
    received_on: date
    law_on: date | None
    promised_on: date | None
    due_on: date | None
    act_by: date | None
    status: str
    contacts: list[FoundContact]
    package: PackageState | None


class GivenFile(Struct, frozen=True, kw_only=True):
    """A file that was given to somebody else: the original's key, and the digest of what went out."""

    source_key: str
    sha256: str


class DisclosureState(Struct, frozen=True, kw_only=True):
    """A request of somebody else for records, as it stands on that day."""

    disclosure: str
    kind: str
    status: str
    refused_because: list[str]
    files: list[GivenFile]
    expires_on: date | None


class ArtefactState(Struct, frozen=True, kw_only=True):
    """One thing that is kept of a person, and what becomes of it."""

    store: str
    key: str
    status: str
    until: date | None
    ground: str


class ErasureState(Struct, frozen=True, kw_only=True):
    """An erasure with everything that it is about."""

    request: str
    status: str
    artefacts: list[ArtefactState]


class StatementState(Struct, frozen=True, kw_only=True):
    """A statement that is signed and stored: its month, its three values, and the key and digest of its JSON."""

    period: str
    propositions: dict[str, bool | str]
    exceptions: int
    key: str
    sha256: str


class FindingState(Struct, frozen=True, kw_only=True):
    """A setting that was live in another way than it was written; ``closed_at`` is empty while it is."""

    check: str
    resource: str
    severity: str
    opened_at: datetime
    closed_at: datetime | None
    expected: str
    found: str


class Response(Struct, frozen=True, kw_only=True):
    """What a function answered to an ``invoke`` line; what Lambda answers if it failed."""

    at: datetime
    as_: str | None = field(name="as")
    function: str
    response: object


class State(Struct, frozen=True, kw_only=True):
    """The whole of ``state.json``. Lists are in a fixed order: two runs of one scenario write the same bytes."""

    now: datetime
    policy: str
    stores: dict[str, StoreState]
    holds: list[HoldState]
    disposals: list[Disposal]
    messages: list[Message]
    consents: list[Consent]
    recordings: list[RecordingState]
    payments: list[Payment]
    notifications: list[Notification]
    dead_letters: list[DeadLetter]
    decisions: list[DecisionState]
    unmatched: list[UnmatchedEvent]
    requests: list[RequestState]
    disclosures: list[DisclosureState]
    erasures: list[ErasureState]
    statements: list[StatementState]
    findings: list[FindingState]
    responses: list[Response]
    calls: dict[str, dict[str, int]]
