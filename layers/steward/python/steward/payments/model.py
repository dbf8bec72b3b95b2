"""What the suspension of one call's recording is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from steward.ids import ContactId
from steward.policy.payments import RecordingType


class Operation(StrEnum):
    """What a flow or a guide may ask for."""

    PAUSE = "pause"
    RESUME = "resume"
    STATUS = "status"


class Status(StrEnum):
    """What a flow or a guide is told, and how an interval of the register stands.

    ``ended`` stands in the register only: the call ended while it was paused.
    """

    PAUSED = "paused"
    RECORDING = "recording"
    NOT_CONFIRMED = "not_confirmed"
    ENDED = "ended"


class Reason(StrEnum):
    """Why the answer is what it is; the reason codes that a flow may branch on."""

    CONFIRMED = "confirmed"
    """Amazon Connect confirmed it just now."""
    ALREADY_PAUSED = "already_paused"
    """An earlier pause that Connect confirmed is still open, and Connect has nothing left to suspend."""
    ALREADY_RECORDING = "already_recording"
    """An earlier resume was confirmed, and Connect has nothing left to resume."""
    BAD_REQUEST = "bad_request"
    """The request lacks a contact or names an unknown operation."""
    CONTACT_NOT_FOUND = "contact_not_found"
    """Connect does not know this contact with this initial contact."""
    ACCESS_DENIED = "access_denied"
    """Connect does not allow it."""
    THROTTLED = "throttled"
    """Connect had too many requests for as long as the flow can wait; asking again helps."""
    NO_ANSWER = "no_answer"
    """Connect failed or did not answer in time; the call may have taken effect."""
    UNEXPECTED_ANSWER = "unexpected_answer"
    """Connect answered with an error that its API does not document for this call."""
    OUT_OF_TIME = "out_of_time"
    """The time that the flow has would not have been enough."""
    NOTHING_SUSPENDED = "nothing_suspended"
    """Connect refused every recording type: none is recording, or the call has ended."""
    NOTHING_RESUMED = "nothing_resumed"
    """Connect refused every recording type although a pause is open."""
    NO_OPEN_PAUSE = "no_open_pause"
    """There is nothing to resume, or no pause is known."""
    RESUME_IN_PROGRESS = "resume_in_progress"
    """Recording was asked to resume while this pause was under way, or the outcome of that is still open."""
    PAUSE_IN_PROGRESS = "pause_in_progress"
    """A pause overtook this resume."""
    OTHER_LEG_SUSPENDED = "other_leg_suspended"
    """This contact records again; one that the call was transferred to, which steward suspended with it, does not."""
    OTHER_LEG_RECORDING = "other_leg_recording"
    """This contact is suspended; one that an earlier payment of the call suspended too may be recorded."""
    CONTACT_ENDED = "contact_ended"
    """The call has ended."""
    REGISTER_UNAVAILABLE = "register_unavailable"
    """The payment register could not be read or written."""
    GUARD_UNAVAILABLE = "guard_unavailable"
    """The watch over the pause could not be set up, so nothing would notice a transfer or a forgotten resume."""


class Asker(StrEnum):
    """Who asked. Never a name: agents are people too."""

    FLOW = "flow"
    GUIDE = "guide"
    GUARD = "guard"
    """steward itself: it follows a transfer, or resumes where the policy says so."""


@dataclass(frozen=True, slots=True)
class Call:
    """One contact as Connect's recording API wants it named."""

    contact_id: ContactId
    initial_contact_id: ContactId


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a flow or a guide."""

    operation: Operation
    call: Call
    asker: Asker


@dataclass(frozen=True, slots=True)
class Answer:
    """What a flow or a guide is told."""

    status: Status
    reason: Reason
    reference: str = ""
    """Names the interval in the payment register."""

    def as_map(self) -> dict[str, str]:
        """Return the flat map of strings that a contact flow can read."""
        return {"status": self.status.value, "reason": self.reason.value, "reference": self.reference}


@dataclass(frozen=True, slots=True)
class LateStart:
    """A recording that started while a pause was on, and was suspended then."""

    types: frozenset[RecordingType]
    suspended_at: datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """One pause of one contact, or one attempt at it. Times are aware UTC."""

    reference: str
    status: Status
    reason: Reason
    asked_by: Asker
    asked_at: datetime
    expires_at: int
    """Epoch seconds from which the register has forgotten it."""
    types: frozenset[RecordingType] = frozenset()
    """What is suspended, or may be."""
    paused_at: datetime | None = None
    """When Connect had confirmed it."""
    resumed_at: datetime | None = None
    ended_at: datetime | None = None
    late: tuple[LateStart, ...] = ()
    """What started since, each with the moment from which it is silent."""
    claimed: bool = False
    """A flow or a guide was told `paused` of it: not only the guard relies on it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the payment register knows of one contact."""

    call: Call
    current: Interval | None = None
    """The open interval: paused, or perhaps paused."""
    closed: tuple[Interval, ...] = ()
    """Earlier intervals and failed attempts, oldest first."""
    settled_at: datetime | None = None
    """When the last operation whose outcome is known was asked for."""
    resume_asked_at: datetime | None = None
    resume_pending: bool = False
    """A resume was asked for and its outcome is not known."""
    alerted_reference: str = ""
    """The interval about which the supervisors have been told."""
    followed_at: datetime | None = None
    """When the guard last tried to suspend this contact because of another, and nothing was recorded yet."""
    followers: frozenset[ContactId] = frozenset()
    """Contacts that steward suspended because of this one, and that record again with it."""
    legs: frozenset[ContactId] = frozenset()
    """Contacts that were ever suspended because of this one; those still on the line are so in its next pause too."""

    @property
    def paused(self) -> bool:
        """Whether a confirmed pause is open and nobody has asked for its end."""
        return self.current is not None and self.current.status is Status.PAUSED and not self.resume_pending

    @property
    def binds_since(self) -> datetime | None:
        """From when a contact to which this one is transferred has to be paused too; None if it has not.

        It has to while the pause is in force, and after this contact ended in it. A contact that steward itself tries
        to pause after a transfer binds the next one even before Connect confirmed.
        """
        if self.current is not None:
            promised = self.current.status is Status.PAUSED or self.current.asked_by is Asker.GUARD
            return self.current.asked_at if promised and not self.resume_pending else None
        last = self._last_that_tells
        told_at = max((at for at in (last and last.asked_at, self.followed_at) if at), default=None)
        if told_at is None or (self.resume_asked_at is not None and self.resume_asked_at >= told_at):
            return None
        if last is None or told_at != last.asked_at:
            return told_at
        ended = last.status is Status.ENDED and (last.paused_at is not None or last.asked_by is Asker.GUARD)
        return told_at if ended else None

    def is_bound_by(self, earlier: Entry) -> bool:
        """Whether this contact, which has no confirmed pause, has to be paused with an earlier one of its call.

        It has not once it ended in a pause, or once somebody resumed it while the earlier one's pause was on.
        """
        since = earlier.binds_since
        if since is None or self.paused or (self.ended and not self.current):
            return False
        return self.resume_asked_at is None or self.resume_asked_at < since

    @property
    def _last_that_tells(self) -> Interval | None:
        """The last closed interval; an attempt that suspended nothing says nothing about an earlier pause."""
        told = (interval for interval in reversed(self.closed) if interval.status is not Status.NOT_CONFIRMED)
        return next(told, None)

    @property
    def ended_at(self) -> datetime | None:
        """When the contact ended, if it did so in a pause."""
        return next((interval.ended_at for interval in reversed(self.closed) if interval.ended_at), None)

    @property
    def ended(self) -> bool:
        """Whether the call ended in a pause."""
        return any(interval.status is Status.ENDED for interval in self.closed)
