"""An instance as the console makes it, years before steward: everything in one bucket, with one key.

Amazon Connect administrator guide, "Create an Amazon Connect instance", step 4: call recordings, chat transcripts and
exported reports go, unless somebody chooses otherwise, into one bucket with one KMS key, each under
``connect/INSTANCE/``. Here the key was changed since, which leaves older objects under the older key, and somebody gave
the bucket a policy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.connect.flows.book import Flow

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws

BUCKET: Final = "amazon-connect-council-recordings"
FOLDER: Final = "connect/council"
FLOW: Final = "Sample inbound flow (first contact experience)"
QUEUE: Final = "BasicQueue"
"""The queue that every new instance has: administrator guide, "Default queues"."""
_FLOW_ID: Final = "44444444-2222-4333-8444-555555555555"
_QUEUE_ID: Final = "55555555-2222-4333-8444-555555555555"
_GOODBYE: Final = json.dumps(
    {
        "Version": "2019-10-30",
        "StartAction": "bye",
        "Metadata": {},
        "Actions": [{"Identifier": "bye", "Type": "DisconnectParticipant", "Parameters": {}, "Transitions": {}}],
    }
)
DISPUTED: Final = "11111111-2222-4333-8444-555555555555"
"""A contact of long ago about which somebody complains today."""

_KINDS: Final = {
    "CALL_RECORDINGS": "CallRecordings",
    "CHAT_TRANSCRIPTS": "ChatTranscripts",
    "SCHEDULED_REPORTS": "Reports",
}

AUDITOR: Final = {
    "Sid": "TheAuditorListens",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:role/auditor"},
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/{FOLDER}/CallRecordings/*",
}
"""What the bucket's own policy says."""


@dataclass(frozen=True)
class ConsoleMade:
    """What was there before the first deployment."""

    bucket: str
    key_arn: str
    previous_key_arn: str
    associations: dict[str, str]
    """Association ids by kind of storage."""
    disputed: str
    """The key of the recording of the contact ``DISPUTED``, encrypted with the previous key."""
    forgotten: str
    """The key of a recording as old, about which nobody complained."""
    report: str


def made_in_the_console(world: EmbeddedAws) -> ConsoleMade:
    """Give the world's instance all that, as of the world's moment."""
    storage, keys = world.client("s3"), world.client("kms")
    now = world.clock.now()
    older = str(keys.create_key(Description="Connect, until it was changed")["KeyMetadata"]["Arn"])
    present = str(keys.create_key(Description="Connect")["KeyMetadata"]["Arn"])
    storage.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": world.region})
    _encrypt(storage, older)
    old = now - timedelta(days=400)
    disputed = _recording(DISPUTED, old)
    forgotten = _recording("22222222-2222-4333-8444-555555555555", old)
    report = f"{FOLDER}/Reports/agent-activity-{old:%Y-%m-%d}.csv"
    for key, body in (
        (disputed, b"RIFF a call of long ago"),
        (forgotten, b"RIFF another call"),
        (report, b"agent,calls"),
        (f"{FOLDER}/ChatTranscripts/{old:%Y/%m/%d}/chat.json", b"{}"),
    ):
        world.s3.put_object(BUCKET, key, body, at=old)
    _encrypt(storage, present)
    world.s3.put_object(BUCKET, _recording("33333333-2222-4333-8444-555555555555", now), b"RIFF of today", at=now)
    storage.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [AUDITOR]}))
    encryption = {"EncryptionType": "KMS", "KeyId": present}
    associations = {
        kind: world.connect.storage.associate(
            kind,
            {
                "StorageType": "S3",
                "S3Config": {
                    "BucketName": BUCKET,
                    "BucketPrefix": f"{FOLDER}/{place}",
                    "EncryptionConfig": encryption,
                },
            },
        )
        for kind, place in _KINDS.items()
    }
    world.taken.take_as_it_is("AWS::Connect::ContactFlow", world.instance_arn, FLOW)
    world.connect.flows.add(
        Flow(f"{world.instance_arn}/contact-flow/{_FLOW_ID}", FLOW, "CONTACT_FLOW", saved=_GOODBYE, published=_GOODBYE)
    )
    world.connect.queues[_QUEUE_ID] = {
        "QueueArn": f"{world.instance_arn}/queue/{_QUEUE_ID}",
        "QueueId": _QUEUE_ID,
        "Name": QUEUE,
        "Status": "ENABLED",
        # Neither a whisper flow nor a number: whoever made the instance chose none.
        "OutboundCallerConfig": {},
    }
    world.connect.contact(
        {
            "Id": DISPUTED,
            "Channel": "VOICE",
            "InitiationMethod": "INBOUND",
            "InitiationTimestamp": old.isoformat(),
            "DisconnectTimestamp": (old + timedelta(minutes=9)).isoformat(),
            "LastUpdateTimestamp": (old + timedelta(minutes=9)).isoformat(),
            "Recordings": [
                {
                    "StorageType": "S3",
                    "Location": f"{BUCKET}/{disputed}",
                    "MediaStreamType": "AUDIO",
                    "ParticipantType": "AGENT",
                    "Status": "AVAILABLE",
                }
            ],
        }
    )
    return ConsoleMade(
        bucket=BUCKET,
        key_arn=present,
        previous_key_arn=older,
        associations=associations,
        disputed=disputed,
        forgotten=forgotten,
        report=report,
    )


def _recording(contact_id: str, began: datetime) -> str:
    moment = began.astimezone(UTC)
    return f"{FOLDER}/CallRecordings/{moment:%Y/%m/%d}/{contact_id}_{moment:%Y%m%dT%H:%M}_UTC.wav"


def _encrypt(storage: Any, key: str) -> None:  # noqa: ANN401 - a client
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": True,
    }
    storage.put_bucket_encryption(Bucket=BUCKET, ServerSideEncryptionConfiguration={"Rules": [rule]})
