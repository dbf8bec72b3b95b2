"""A council with a person's calls, and what its people do about a request."""

from __future__ import annotations

import io
import json
import wave
import zipfile
from datetime import timedelta
from typing import Any

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.function_url import decide_as, post, staff_prefix
from simulator.scenarios.results.rights import requests_of
from simulator.scenarios.results.shapes import RequestState
from steward.policy.load import load_policy
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.rights.lines import PHONE
from tests.end_to_end.stories import moment, recording_key

START = moment("2027-01-05T09:00:00")
FRAMES = 8000
SAID = {
    "Transcript": [
        {"ParticipantId": "CUSTOMER", "Content": "I am ill.", "BeginOffsetMillis": 0, "EndOffsetMillis": 900},
        {"ParticipantId": "CUSTOMER", "Content": "He is too.", "BeginOffsetMillis": 1000, "EndOffsetMillis": 1900},
    ]
}


def sound(seconds: int = 3) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((2, 2, FRAMES, 0, "NONE", ""))
        file.writeframes(b"\x11\x22\x33\x44" * FRAMES * seconds)
    return out.getvalue()


class Office:
    """A council with a person's two calls, and a call of somebody else from the same number."""

    def __init__(self, world: EmbeddedAws) -> None:
        self.world = world
        self.answers: list[dict[str, Any]] = []
        for contact_id, begun in (("hers", "2026-12-05T10:00:00"), ("his", "2026-12-06T10:00:00")):
            self._call(contact_id, begun)
        self._record("old", "2025-06-05T10:00:00")
        self.later(hours=1)

    def _call(self, contact_id: str, begun: str) -> None:
        key = recording_key(contact_id, begun)
        bucket = self.world.names.buckets["call_recording"]
        fields = {"StorageType": "S3", "MediaStreamType": "AUDIO", "ParticipantType": "AGENT", "Status": "AVAILABLE"}
        self.world.connect.contact(
            {
                "Id": contact_id,
                "Channel": "VOICE",
                "InitiationTimestamp": moment(begun).isoformat(),
                "DisconnectTimestamp": (moment(begun) + timedelta(minutes=5)).isoformat(),
                "Recordings": [{**fields, "Location": f"{bucket}/{key}"}],
            }
        )
        self.world.s3.put_object(bucket, key, sound(), tags={})
        analysis = f"Analysis/Voice/2026/12/0{5 if contact_id == 'hers' else 6}/{contact_id}_analysis_{begun}Z.json"
        self.world.s3.put_object(bucket, analysis, json.dumps(SAID).encode(), tags={})
        self._record(contact_id, begun)

    def _record(self, contact_id: str, begun: str) -> None:
        self.world.contact_record(
            {
                "ContactId": contact_id,
                "Channel": "VOICE",
                "InitiationTimestamp": f"{begun}Z",
                "LastUpdateTimestamp": f"{begun}Z",
                "CustomerEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
                "Agent": {"Username": "adviser.seven"},
                "Attributes": {"topic": "housing"},
            }
        )

    def later(self, **span: int) -> None:
        self.world.run_until(self.world.clock.now() + timedelta(**span))

    def ask(self, **detail: object) -> None:
        body = json.dumps([{"type": "phone", "value": PHONE}]).encode()
        self.world.s3.put_object(self.world.names.buckets["rights"], "intake/SAR-1.json", body, tags={})
        stated = {"request": "SAR-1", "right": "access", "intake_key": "intake/SAR-1.json", "identity": "confirmed"}
        self.tell("Subject Request Received", **{**stated, "requested_by": "olive", **detail})
        self.later(hours=1)

    def tell(self, kind: str, **detail: object) -> None:
        event = {"source": "steward.rights", "detail-type": kind, "detail": {"request": "SAR-1", **detail}}
        self.world.publish("steward", event)
        self.later(minutes=1)

    def decide(self, by: str, subject: str, decision: str, **fields: object) -> dict[str, Any]:
        role, _, person = by.partition("/")
        told = {"subject": subject, "id": "SAR-1", "decision": decision, **fields}
        answer: dict[str, Any] = decide_as(self.world, role, person, **told).decoded()
        self.later(minutes=2)
        return answer

    def match(self, contact_id: str, verdict: str, by: str = "information-officer/mary") -> dict[str, Any]:
        fields = {"contact_id": contact_id, "verdict": verdict, "why": "known by voice"}
        return self.decide(by, "match", "approve", **fields)

    def review(self, file: str, verdict: str, by: str = "information-officer/rob", **fields: object) -> dict[str, Any]:
        return self.decide(by, "item", "approve", file=file, verdict=verdict, **fields)

    def link(self, person: str = "mary", role: str = "information-officer", **fields: object) -> dict[str, Any]:
        body = json.dumps({"request": "SAR-1", **fields})
        name = f"{staff_prefix(self.world)}{role}"
        answer: dict[str, Any] = post(self.world, "hand_over", role=name, session=person, body=body).decoded()
        return answer

    @property
    def request(self) -> RequestState:
        [found] = requests_of(self.world, load_policy(BARNET).subject_rights)
        return found

    def unzipped(self) -> dict[str, bytes]:
        bucket = self.world.names.buckets["rights"]
        storage = self.world.client("s3")
        [found] = storage.list_objects_v2(Bucket=bucket, Prefix="packages/")["Contents"][-1:]
        body = storage.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
