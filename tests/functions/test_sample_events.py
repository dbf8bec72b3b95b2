"""The sample events have the shapes that AWS documents."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

EVENTS = Path("events")
ENVELOPE = {"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"}
ON_A_BUS = sorted(
    path for folder in ("aws.connect", "aws.sms-voice", "steward.complaints") for path in (EVENTS / folder).iterdir()
)


def _load(path: Path) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(path.read_text())
    return event


@pytest.mark.parametrize("path", ON_A_BUS, ids=[f"{path.parent.name}/{path.stem}" for path in ON_A_BUS])
def test_an_event_on_a_bus_has_the_whole_envelope_and_its_folders_source(path: Path) -> None:
    event = _load(path)
    assert event.keys() == ENVELOPE
    assert event["source"] == path.parent.name
    assert event["account"] == "111122223333"


def test_every_sample_has_an_id_of_its_own() -> None:
    ids = [_load(path)["id"] for path in ON_A_BUS]
    assert len(set(ids)) == len(ids)


def test_a_stream_record_carries_a_contact_record() -> None:
    [record] = _load(EVENTS / "kinesis" / "flagged-records.json")["Records"]
    assert json.loads(base64.b64decode(record["kinesis"]["data"])) == _load(
        EVENTS / "kinesis" / "contact-record-flagged.json"
    )


def test_a_queue_message_carries_an_event() -> None:
    records = _load(EVENTS / "sqs" / "hold-requests.json")["Records"]
    assert [json.loads(record["body"])["detail-type"] for record in records] == [
        "Complaint Logged",
        "Complaint Escalated",
    ]


def test_a_contact_flow_event_has_contact_data_and_parameters() -> None:
    for path in (EVENTS / "contact-flow").iterdir():
        event = _load(path)
        assert event["Name"] == "ContactFlowEvent"
        assert {"ContactData", "Parameters"} == event["Details"].keys()
        assert all(isinstance(value, str) for value in event["Details"]["Parameters"].values())
