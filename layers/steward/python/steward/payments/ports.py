"""What payments need of the world. Adapters answer with values of these types; none of AWS's errors passes through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Protocol

from steward.ids import ContactId
from steward.payments.messages import ContactEvent
from steward.payments.model import Call, Entry, Interval, Reason
from steward.policy.payments import RecordingType

CONNECT_CALL_SECONDS = 1.2
"""The longest that one call to Amazon Connect may take."""

STORE_CALL_SECONDS = 0.6
"""The longest that one call to the register or the watch queue may take."""


class Reply(Enum):
    """How Amazon Connect answered one call."""

    DONE = "done"
    REFUSED = "refused"
    """``InvalidRequestException``: this type is not recording, is suspended already, or the contact has ended.

    AWS does not document which (API reference, SuspendContactRecording), and the error carries no code that tells.
    """
    CONTACT_NOT_FOUND = Reason.CONTACT_NOT_FOUND
    ACCESS_DENIED = Reason.ACCESS_DENIED
    THROTTLED = Reason.THROTTLED
    NO_ANSWER = Reason.NO_ANSWER
    UNEXPECTED_ANSWER = Reason.UNEXPECTED_ANSWER

    @property
    def may_have_taken_effect(self) -> bool:
        """Whether the call may have done what it says although nobody confirmed it."""
        return self in {Reply.NO_ANSWER, Reply.UNEXPECTED_ANSWER}

    @property
    def failure(self) -> Reason | None:
        """Return the reason code of a failure; None for an answer that tells something about the recording."""
        return self.value if isinstance(self.value, Reason) else None


class RegisterUnavailable(Exception):
    """The payment register did not answer, or not in time. The write may have happened."""


class Overtaken(Exception):
    """The opposite was asked for meanwhile, so that the outcome is not certain; nothing was written."""


class Undelivered(Exception):
    """A queue or a topic did not take the message; it may have arrived all the same."""


class RecordingControl(Protocol):
    """Amazon Connect's control of one contact's recording. No method raises."""

    def suspend(self, call: Call, kind: RecordingType | None) -> Reply:
        """Suspend one type of recording; None: whatever is recorded."""

    def resume(self, call: Call, kind: RecordingType | None) -> Reply:
        """Resume one type of recording; None: whatever is suspended."""

    def mark(self, call: Call) -> Reply:
        """Tag the contact as paused; the tag copies itself to contacts it is transferred to."""

    def unmark(self, call: Call) -> Reply:
        """Take that tag off."""


class ContactState(Enum):
    """Whether a contact goes on, where Connect does not say when it ended."""

    LIVE = "live"
    GONE = "gone"
    """Connect does not know it."""
    UNKNOWN = "unknown"
    """Connect did not say."""


class Contacts(Protocol):
    """What Connect knows of contacts."""

    def ended_at(self, contact_id: ContactId) -> datetime | ContactState:
        """Return when the contact was disconnected, or that it was not, or that nobody knows. Does not raise."""

    def joined(self, contact_id: ContactId) -> tuple[ContactEvent, ...] | None:
        """Return the other contacts of the chain that are on the line, as events; None if nobody knows.

        Does not raise.
        """


class Register(Protocol):
    """The payment register. Every method raises RegisterUnavailable when it cannot be reached."""

    def find(self, contact_id: ContactId) -> Entry | None:
        """Return what is known of a contact, as of now."""

    def open(
        self, call: Call, interval: Interval, *, clear_since: datetime, idle_since: datetime, probe: str = ""
    ) -> Entry:
        """Record a confirmed pause, in the contact's open interval or as a new one; return the entry as it is now.

        Raises Overtaken when a resume was asked for after ``clear_since``, or one whose outcome is not known after
        ``idle_since``, or when a probe other than ``probe`` was begun after that.
        """

    def open_unconfirmed(self, call: Call, interval: Interval) -> None:
        """Record that recording may be suspended; a confirmed pause that is open stays confirmed."""

    def confirm_open(self, contact_id: ContactId, *, asked_at: datetime, claims: bool) -> Entry | None:
        """Return the entry if its open pause was confirmed and no resume was asked for; None otherwise.

        ``claims``: who asked relies on it from now on.
        """

    def hold_open(
        self, contact_id: ContactId, *, at: datetime, claims: bool, late: frozenset[RecordingType]
    ) -> Entry | None:
        """Do the same for somebody who looked; ``claims``: who relies on it, ``late``: what was suspended just now."""

    def begin_probe(self, call: Call, *, probe: str, at: datetime, expires_at: int) -> None:
        """Record that somebody finds out by a short resume whether recording is suspended, before it is tried.

        Raises Overtaken when a confirmed pause is open, or one of the guard's.
        """

    def end_probe(self, contact_id: ContactId, *, probe: str) -> None:
        """Record that the probe resumed nothing, for certain."""

    def link(self, entry: Entry, follower: ContactId) -> None:
        """Record that a contact is suspended because of another, before it is: now, and in its later pauses.

        Raises Overtaken when a resume of the other was asked for since ``entry`` was read.
        """

    def note_attempt(self, call: Call, interval: Interval) -> None:
        """Record an attempt that suspended nothing."""

    def note_followed(self, call: Call, *, at: datetime, expires_at: int) -> None:
        """Record that the guard tried to suspend a contact because of another, and nothing is recorded yet."""

    def ask_to_resume(self, call: Call, *, at: datetime, expires_at: int, sparing_claims: bool = False) -> Entry | None:
        """Record that a resume was asked for, before it is tried; return the entry as it was before.

        Raises Overtaken when a pause that was asked for later is open already; with ``sparing_claims`` also when a
        flow or a guide relies on what is open.
        """

    def close(self, call: Call, interval: Interval, *, opened_as: str | None, with_followers: bool) -> None:
        """Move the open interval of reference ``opened_as`` to the closed ones, as ``interval``; None: none was open.

        ``with_followers``: what followed this contact is resumed too, and forgotten.

        Raises Overtaken when another interval, or none, is open by now, or a pause was confirmed since the resume.
        """

    def end(self, call: Call, interval: Interval) -> None:
        """Close the open interval of the same reference because the call ended; nothing if it is closed already."""

    def settle_resume(self, contact_id: ContactId, *, asked_at: datetime) -> None:
        """Record that the resume asked for at that moment came to nothing for certain."""

    def note_alert(self, contact_id: ContactId, reference: str) -> None:
        """Record that the supervisors were told of an interval."""

    def open_entries(self) -> Iterator[Entry]:
        """Yield every contact with an open interval, longest first."""


class Watch(Protocol):
    """Wakes the guard later, whatever happens to who asked for it."""

    def look_again(self, call: Call, *, asked_at: datetime, due: datetime, look: int, seek: bool = False) -> None:
        """Have the pause that was asked for at ``asked_at`` looked at, and examined at ``due``. Raises Undelivered.

        ``look`` counts the looks: soon after the beginning, then more and more seldom. ``seek``: each look finds the
        contacts that the call was transferred to, of which no event tells.
        """

    def follow_again(self, call: Call, *, previous: ContactId, attempt: int, due: datetime) -> None:
        """Have a transferred contact paused again at ``due``. Raises Undelivered."""


class Notices(Protocol):
    """Tells the supervisors."""

    def tell(self, subject: str, text: str) -> None:
        """Send one notice; it holds no personal data. Raises Undelivered."""
