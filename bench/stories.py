"""What happens in the benchmarks: contacts as Connect makes them, told to a world step by step."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.function_url import decide_as

POLICY = Path("policies/barnet.toml")
START = datetime(2027, 1, 12, 10, tzinfo=UTC)
CALLER = "+447400900264"
_PER_CALL = 3
"""Objects that Connect stores for a call with conversation analytics: the recording, its analysis, the redacted one."""


def assembly() -> Path:
    """Return the synthesized templates of the default policy."""
    return cached_synthesis(POLICY)


def contact_id(number: int) -> str:
    """Return the id of the n-th contact."""
    return str(UUID(int=(number + 1) << 80, version=4))


def call(world: EmbeddedAws, number: int, *, artefacts: int = _PER_CALL, before: int | None = None) -> str:
    """Let a call be over: Connect knows it, has stored its objects, sent its events and its contact record.

    ``before`` is the number of the contact that it was transferred from.
    """
    one, now = contact_id(number), world.clock.now()
    began, ended = now - timedelta(minutes=8), now - timedelta(minutes=2)
    keys = _keys(_prefixes(world)["call_recording"], one, ended, artefacts)
    recordings = [key for key in keys if key.endswith(".wav")]
    linked = {} if before is None else {"InitialContactId": contact_id(before), "PreviousContactId": contact_id(before)}
    fields: dict[str, Any] = {
        "Id": one,
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND" if before is None else "TRANSFER",
        "InitiationTimestamp": began.isoformat(),
        "DisconnectTimestamp": ended.isoformat(),
        "LastUpdateTimestamp": ended.isoformat(),
        "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": CALLER},
        "Recordings": [_recording(world, key) for key in recordings],
        **linked,
    }
    world.connect.contact(fields)
    for key in keys:
        world.s3.put_object(world.names.buckets["call_recording"], key, 50_000)
    world.contact_record(
        {
            "ContactId": one,
            "InitiationTimestamp": began.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "LastUpdateTimestamp": ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Attributes": {},
        }
    )
    for kind in ("INITIATED", "CONNECTED_TO_AGENT", "DISCONNECTED", "COMPLETED"):
        contact_event(world, one, kind)
    world.settle()
    return one


def chat(world: EmbeddedAws, number: int) -> str:
    """Let a chat be over that has a transcript, the same unprocessed, an attachment and a submitted evaluation."""
    one, now = contact_id(number), world.clock.now()
    began, ended = now - timedelta(minutes=20), now - timedelta(minutes=2)
    day, file = f"{ended:%Y/%m/%d}", contact_id(number + 1)
    prefixes = _prefixes(world)
    folder = f"{prefixes['chat_transcript']}/{day}"
    transcript, raw = (f"{folder}/{one}_{ended:%Y%m%dT%H:%M}_{kind}.json" for kind in ("UTC", "raw"))
    store = world.names.buckets["chat_transcript"]
    recording = {
        "Location": f"{store}/{transcript}",
        "UnprocessedTranscriptLocation": f"{store}/{raw}",
        "MediaStreamType": "CHAT",
        "Status": "AVAILABLE",
    }
    world.connect.contact(
        {
            "Id": one,
            "Channel": "CHAT",
            "InitiationTimestamp": began.isoformat(),
            "DisconnectTimestamp": ended.isoformat(),
            "LastUpdateTimestamp": ended.isoformat(),
            "Recordings": [recording],
            "References": {"photo": {"Type": "ATTACHMENT", "Value": file, "Status": "APPROVED"}},
            "Evaluations": [
                {"EvaluationId": "e-1", "Form": "Quality", "Status": "SUBMITTED", "Answers": {"tone": "5"}}
            ],
        }
    )
    for record_class, key in (
        ("chat_transcript", transcript),
        ("chat_transcript", raw),
        ("attachment", f"{prefixes['attachment']}/chat/{day}/{file}_{ended:%Y%m%dT%H:%M}_UTC.pdf"),
        ("evaluation", f"{prefixes['evaluation']}/Evaluations/{now:%Y/%m/%d}/{now:%H:%M:%S}.000Z-e-1.json"),
    ):
        world.s3.put_object(world.names.buckets[record_class], key, 5_000)
    world.settle()
    return one


def contact_event(world: EmbeddedAws, one: str, kind: str) -> None:
    """Let Connect tell of a contact."""
    detail = {"eventType": kind, "contactId": one, "channel": "VOICE", "instanceArn": world.names.instance_arn}
    world.publish(
        "default", {"source": "aws.connect", "detail-type": "Amazon Connect Contact Event", "detail": {**detail}}
    )


def complaint(world: EmbeddedAws, case: str, *contacts: str, dated: bool = True) -> None:
    """Let the case-management system log a complaint about contacts."""
    detail = {
        "case": case,
        "reason": "complaint",
        "stage": "1",
        "received_on": world.clock.now().date().isoformat() if dated else "",
        "contact_ids": list(contacts),
        "requested_by": "officer.1",
    }
    world.publish("steward", {"source": "steward.complaints", "detail-type": "Complaint Logged", "detail": detail})


def flagged_by_attribute(world: EmbeddedAws, one: str, case: str) -> None:
    """Let staff set the complaint attributes of a contact: its record comes on the stream again."""
    now = world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    attributes = {"complaint_reference": case, "complaint_received": world.clock.now().date().isoformat()}
    world.contact_record({"ContactId": one, "LastUpdateTimestamp": now, "Attributes": attributes})


def release(world: EmbeddedAws, case: str) -> None:
    """Let two people release a case; its copies leave after the days of grace."""
    decide_as(world, "release-officer", "ann", subject="release", id=case, decision="request", why="withdrawn")
    decide_as(world, "release-approver", "ben", subject="release", id=case, decision="approve")


def flow_event(world: EmbeddedAws, one: str, **parameters: str) -> dict[str, Any]:
    """Return what a contact flow sends to a function."""
    data = {
        "ContactId": one,
        "InitialContactId": one,
        "Channel": "VOICE",
        "InstanceARN": world.names.instance_arn,
        "CustomerEndpoint": {"Address": CALLER, "Type": "TELEPHONE_NUMBER"},
        "Attributes": {},
    }
    return {"Name": "ContactFlowEvent", "Details": {"ContactData": data, "Parameters": parameters}}


def _prefixes(world: EmbeddedAws) -> dict[str, str]:
    """Return the prefix of each record class, with which the deployment tells Connect where to write."""
    prefixes: dict[str, str] = json.loads(world.functions.find("place_hold").environment["RECORD_PREFIXES"])
    return prefixes


def _keys(prefix: str, one: str, ended: datetime, artefacts: int) -> list[str]:
    """Return so many keys of one contact: recordings of its parts, and the analyses of the first."""
    day = ended.strftime("%Y/%m/%d")
    analysed = ended.strftime("%Y-%m-%dT%H:%M:%SZ")
    analyses = [
        f"Analysis/Voice/{day}/{one}_analysis_{analysed}.json",
        f"Analysis/Voice/Redacted/{day}/{one}_call_recording_redacted_{analysed}.json",
    ]
    analyses = analyses if artefacts >= _PER_CALL else []
    parts = [
        f"{prefix}/{day}/{one}_{(ended + timedelta(minutes=part)):%Y%m%dT%H:%M}_UTC.wav"
        for part in range(artefacts - len(analyses))
    ]
    return parts + analyses


def _recording(world: EmbeddedAws, key: str) -> dict[str, str]:
    return {
        "StorageType": "S3",
        "Location": f"{world.names.buckets['call_recording']}/{key}",
        "MediaStreamType": "AUDIO",
        "ParticipantType": "AGENT",
        "Status": "AVAILABLE",
    }
