"""A contact over midnight, and stores of every record class with the prefixes that Connect's associations give."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from steward.holds.contacts import Contact, Recording
from steward.holds.discovery import Stores
from steward.ids import ContactId, RecordClass

BEGAN = datetime(2027, 1, 12, 23, 50, tzinfo=UTC)
ENDED = datetime(2027, 1, 13, 0, 10, tzinfo=UTC)
LATER = datetime(2027, 5, 4, 9, 0, tzinfo=UTC)
DAYS = ("2027/01/12", "2027/01/13", "2027/01/14")
"""From the contact's first day to the day after its last."""

STORES = Stores(
    buckets={one: f"store-{one.value}" for one in RecordClass if one is not RecordClass.CONTACT_RECORD},
    prefixes={
        RecordClass.CALL_RECORDING: "connect/barnet/CallRecordings",
        RecordClass.CHAT_TRANSCRIPT: "connect/barnet/ChatTranscripts",
        RecordClass.ATTACHMENT: "connect/barnet/Attachments",
        RecordClass.EMAIL_MESSAGE: "connect/barnet/EmailMessages",
        RecordClass.EVALUATION: "connect/barnet/ContactEvaluations",
    },
)
BARE = replace(STORES, prefixes={})


def contact(channel: str = "VOICE", *recordings: Recording, subtype: str = "") -> Contact:
    return Contact(
        contact_id=ContactId("c1"),
        channel=channel,
        initiated_at=BEGAN,
        ended_at=ENDED,
        recordings=recordings,
        evaluated=False,
        snapshot=b"{}",
        subtype=subtype,
    )


def recording(key: str, bucket: str = "store-call_recording", media: str = "AUDIO") -> Recording:
    return Recording(
        bucket=bucket, key=key, media=media, deleted=False, deletion_reason="", stopped_at=ENDED - timedelta(minutes=1)
    )
