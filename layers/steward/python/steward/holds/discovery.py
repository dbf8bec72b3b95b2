"""Where a contact's artefacts may be. Pure: from what Connect says to locations and bounded searches.

Connect's key layouts (``YYYY/MM/DD`` in UTC): recordings and transcripts below the prefix of their storage association,
conversation analytics below ``Analysis/Voice`` or ``Analysis/Chat`` at the root of the same bucket or below
``connect/<alias>``, with a ``Redacted`` twin; attachments are named by file id and evaluations by evaluation id.
Source: Amazon Connect administrator guide, "Example Contact Lens output files" and "Set up call recording".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from steward.holds.contacts import GUIDE, Contact, Evaluation, Recording, Reference
from steward.holds.signals.connect_events import is_complaint_form
from steward.ids import RecordClass
from steward.policy.model import Policy
from steward.retention.months import lifecycle_days

_DATED = re.compile(r"^(?P<base>.*?)(?P<folder>[^/]+/)?(?:ivr/)?\d{4}/\d{2}/\d{2}/")
_MOST_DAYS = 16
"""Of a contact that ran longer (a chat lives at most seven days) the first and the last days are looked at."""

_RECENT = timedelta(days=3)
"""So long a day's folder may still get what Connect made on that day."""

_REFERENCE_CLASS = {
    "ATTACHMENT": RecordClass.ATTACHMENT,
    "EMAIL_MESSAGE": RecordClass.EMAIL_MESSAGE,
    "EMAIL_MESSAGE_PLAIN_TEXT": RecordClass.EMAIL_MESSAGE,
    "EMAIL_MESSAGE_REDACTED": RecordClass.EMAIL_MESSAGE,
    "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED": RecordClass.EMAIL_MESSAGE,
}


@dataclass(frozen=True, kw_only=True)
class Location:
    """An object that Connect names."""

    record_class: RecordClass
    bucket: str
    key: str
    deleted: str = ""
    """Why Connect says that it was deleted; empty where it does not say so."""
    made_at: datetime | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Bucket and key."""
        return self.bucket, self.key


@dataclass(frozen=True, kw_only=True)
class Search:
    """Objects whose key holds one of ``matches``, below one of the prefixes.

    ``expected`` says what is missing if none is found; empty where nothing has to be there. ``endings`` are how its key
    may go on below a folder that nobody told us, for what is expected and not where it should be. ``single`` marks what
    lies below one of the prefixes at most; the likeliest comes first.
    """

    record_class: RecordClass
    bucket: str
    prefixes: tuple[str, ...]
    matches: tuple[str, ...]
    expected: str = ""
    endings: tuple[str, ...] = ()
    single: bool = False

    def fits(self, key: str) -> bool:
        """Return whether that key is one of those looked for."""
        return any(match in key for match in self.matches)


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The bucket of each record class that is stored, and the prefix of its association with the instance."""

    buckets: Mapping[RecordClass, str]
    prefixes: Mapping[RecordClass, str]

    def class_of(self, recording: Recording, channel: str) -> RecordClass:
        """Return the record class of a recording: by its bucket where that is ours, else by its kind."""
        for record_class, bucket in self.buckets.items():
            if bucket == recording.bucket:
                return record_class
        if recording.media == "VIDEO":
            return RecordClass.SCREEN_RECORDING
        if recording.media == "CHAT" or channel == "CHAT":
            return RecordClass.CHAT_TRANSCRIPT
        return RecordClass.CALL_RECORDING


def believed(now: datetime, *moments: datetime | None) -> datetime | None:
    """Return the first of these moments that is known and has come; a clock that is ahead is not believed."""
    return next((moment for moment in moments if moment is not None and moment <= now), None)


def locations(contact: Contact, stores: Stores, now: datetime) -> tuple[Location, ...]:
    """Return the objects that the contact's ``Recordings`` and evaluations name, each once.

    Live media streams are none of them (``streams``). ``ExportLocation``: Amazon Connect API reference,
    "ContactEvaluation".
    """
    found = {
        (recording.bucket, recording.key): Location(
            record_class=stores.class_of(recording, contact.channel),
            bucket=recording.bucket,
            key=recording.key,
            deleted=recording.deletion_reason if recording.deleted else "",
            made_at=believed(now, recording.stopped_at, contact.ended_at, contact.initiated_at),
        )
        for recording in contact.stored
    }
    for export in contact.exports if RecordClass.EVALUATION in stores.buckets else ():
        found[export.bucket, export.key] = Location(
            record_class=RecordClass.EVALUATION,
            bucket=export.bucket,
            key=export.key,
            made_at=believed(now, export.made_at),
        )
    return tuple(found.values())


def streams(contact: Contact, stores: Stores) -> tuple[Location, ...]:
    """Return the contact's recordings in live media streams, each once: they are not stored here and not held.

    ``StorageType`` KINESIS_VIDEO_STREAM: Amazon Connect API reference, "RecordingInfo".
    """
    found = {
        one.key: Location(record_class=stores.class_of(one, contact.channel), bucket="", key=one.key)
        for one in contact.streamed
    }
    return tuple(found.values())


def is_over(record_class: RecordClass, contact: Contact, policy: Policy, now: datetime) -> bool:
    """Return whether whatever Connect stored of the contact in that class has reached the end of its period.

    Two days more than the period: what was made on the day after the last goes at a midnight after it.
    """
    period = policy.retention.get(record_class)
    ended = believed(now, contact.ended_at)
    return period is not None and ended is not None and ended + timedelta(days=lifecycle_days(period) + 2) < now


def prefix_of(location: Location, contact_id: str) -> str:
    """Return the prefix under which its versions are listed: one for all of a folder that start with the contact's id.

    Connect puts all recordings of a contact and day into one folder, each name beginning with the id.
    """
    folder, _, name = location.key.rpartition("/")
    return f"{folder}/{contact_id}" if folder and name.startswith(contact_id) else location.key


def searches(
    contact: Contact,
    references: Iterable[Reference],
    evaluations: Iterable[Evaluation],
    stores: Stores,
    now: datetime,
    *,
    thorough: bool = True,
) -> tuple[Search, ...]:
    """Return the bounded searches for what Connect does not name: analytics, attachments, e-mails, evaluations.

    A contact whose ``Recordings`` are empty is searched for by its id as well. Without ``thorough`` only the folders of
    its first and last day are looked into, and of days that have hardly passed.
    """
    days = _days(contact, now, thorough=thorough)
    found: list[Search] = []
    if contact.channel in ("VOICE", ""):
        found += _derived(contact, RecordClass.CALL_RECORDING, "Voice", days, stores)
    if contact.channel == "CHAT":
        found += _derived(contact, RecordClass.CHAT_TRANSCRIPT, "Chat", days, stores)
    references = tuple(references)
    if contact.channel == "EMAIL" and not any(one.kind.startswith("EMAIL_MESSAGE") for one in references):
        found += _unnamed_email(contact, days, stores)
    for reference in references:
        record_class = _REFERENCE_CLASS.get(reference.kind)
        if record_class and record_class in stores.buckets:
            found += _referenced(contact, reference, record_class, days, stores)
    if RecordClass.EVALUATION in stores.buckets:
        found += [_evaluated(contact, evaluation, stores) for evaluation in evaluations if evaluation.submitted]
    return tuple(found)


def _unnamed_email(contact: Contact, days: tuple[str, ...], stores: Stores) -> Iterable[Search]:
    bucket = stores.buckets.get(RecordClass.EMAIL_MESSAGE)
    if bucket is None or contact.stored:
        return
    root = _folder(stores.prefixes.get(RecordClass.EMAIL_MESSAGE, ""))
    names = tuple(f"{day}/{contact.contact_id}" for day in days)
    yield Search(
        record_class=RecordClass.EMAIL_MESSAGE,
        bucket=bucket,
        prefixes=tuple(f"{root}{name}" for name in names),
        matches=(contact.contact_id,),
        expected="Connect names no message for this e-mail contact",
        endings=names,
    )


def _derived(
    contact: Contact, record_class: RecordClass, kind: str, days: tuple[str, ...], stores: Stores
) -> Iterable[Search]:
    bucket = stores.buckets.get(record_class)
    if bucket is None:
        return
    bases = _bases(contact, bucket, stores.prefixes.get(record_class, ""))
    yield Search(
        record_class=record_class,
        bucket=bucket,
        prefixes=tuple(
            f"{base}Analysis/{kind}/{twin}{day}/{contact.contact_id}"
            for base in bases
            for twin in ("", "Redacted/")
            for day in days
        ),
        matches=(contact.contact_id,),
    )
    if not contact.stored:
        prefix = _folder(stores.prefixes.get(record_class, ""))
        yield Search(
            record_class=record_class,
            bucket=bucket,
            prefixes=tuple(f"{prefix}{twin}{day}/{contact.contact_id}" for twin in ("", "ivr/") for day in days),
            matches=(contact.contact_id,),
            # A step-by-step guide is routed to the agent as a chat of its own; nobody writes in it.
            expected="" if contact.subtype == GUIDE else "Connect names no recording or transcript for this contact",
            endings=tuple(f"{day}/{contact.contact_id}" for day in days),
        )


def _referenced(
    contact: Contact, reference: Reference, record_class: RecordClass, days: tuple[str, ...], stores: Stores
) -> Iterable[Search]:
    bucket = stores.buckets[record_class]
    roots = [_folder(stores.prefixes.get(record_class, ""))]
    if record_class is RecordClass.ATTACHMENT:
        roots += [f"{base}Attachments/" for base in _bases(contact, "", stores.prefixes.get(record_class, ""))]
    channel = contact.channel.lower()
    for file_id in reference.file_ids:
        yield Search(
            record_class=record_class,
            bucket=bucket,
            prefixes=tuple(
                f"{root}{folder}{day}/{file_id}"
                for root in dict.fromkeys(roots)
                for folder in (f"{channel}/", "")
                for day in days
            ),
            matches=(file_id, f"/{contact.contact_id}"),
            expected="the contact refers to this file and it is not in the store",
            endings=(file_id, *(f"{day}/{name}" for day in days for name in (file_id, contact.contact_id))),
            single=True,
        )


def _evaluated(contact: Contact, evaluation: Evaluation, stores: Stores) -> Search:
    root = _folder(stores.prefixes.get(RecordClass.EVALUATION, ""))
    day, next_day = (f"{evaluation.modified_at + timedelta(days=days):%Y/%m/%d}" for days in (0, 1))
    return Search(
        record_class=RecordClass.EVALUATION,
        bucket=stores.buckets[RecordClass.EVALUATION],
        prefixes=tuple(
            f"{root}{folder}{rest}"
            for folder in ("Evaluations/", "")
            for rest in (f"{day}/", f"contact_{contact.contact_id}/", f"{next_day}/")
        ),
        matches=(evaluation.evaluation_id,),
        endings=(f"{day}/", f"{next_day}/", f"contact_{contact.contact_id}/"),
        single=True,
        # The complaint form is the flag itself: the register has what it says, whether or not it was exported.
        expected=""
        if is_complaint_form(evaluation)
        else "the evaluation was submitted and its export is not in the store",
    )


def _days(contact: Contact, now: datetime, *, thorough: bool) -> tuple[str, ...]:
    """Return the UTC days, as key folders, from the contact's first day to the day after its last.

    A chat runs for up to seven days (10,080 minutes; Amazon Connect administrator guide, "Set up chat timeouts"), and
    an attachment or analysis carries the date of its own day, which may be the one after the contact's end. A day
    that has not come yet is left to a later look.
    """
    start = believed(now, contact.initiated_at, contact.ended_at)
    if start is None:
        return ()
    last = max(believed(now, contact.ended_at) or now, start)
    days = [start.date() + timedelta(days=offset) for offset in range((last.date() - start.date()).days + 2)]
    if len(days) > _MOST_DAYS:
        days = [*days[: _MOST_DAYS // 2], *days[-_MOST_DAYS // 2 :]]
    if not thorough:
        recent = now.date() - _RECENT
        days = [day for day in days if day in (start.date(), last.date()) or day >= recent]
    return tuple(f"{day:%Y/%m/%d}" for day in days if day <= now.date())


def _bases(contact: Contact, bucket: str, prefix: str) -> tuple[str, ...]:
    """Return the folders below which Connect may keep ``Analysis`` and the like: the root and ``connect/<alias>/``."""
    bases = {"": None}
    for recording in contact.stored:
        match = _DATED.match(recording.key)
        if match and (not bucket or recording.bucket == bucket):
            bases[match["base"]] = None
    if "/" in prefix.strip("/"):
        bases[_folder(prefix.strip("/").rpartition("/")[0])] = None
    return tuple(bases)


def _folder(prefix: str) -> str:
    return f"{prefix.strip('/')}/" if prefix.strip("/") else ""
