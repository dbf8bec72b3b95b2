"""Nothing personal leaves the stores: not in logs, metrics, keys, tags, subjects, or what a flow hears back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.stories import Line, call, fault, logged, moment, own_event, wait

NUMBER = "+447911123456"
PERSONAL = (NUMBER, NUMBER[3:], "Eleanor", "Featherstone", "14 Invented Lane", "eleanor@invented.example")
BARNET = Path("policies/barnet.toml")


def _flow(contact: str, **parameters: str) -> dict[str, object]:
    return {
        "Name": "ContactFlowEvent",
        "Details": {
            "ContactData": {
                "Attributes": {"caller": "Eleanor Featherstone"},
                "Channel": "VOICE",
                "ContactId": contact,
                "InitialContactId": contact,
                "CustomerEndpoint": {"Address": NUMBER, "Type": "TELEPHONE_NUMBER"},
                "InstanceARN": "{instance_arn}",
            },
            "Parameters": parameters,
        },
    }


def _invoke(at: str, function: str, payload: object) -> Line:
    return {"at": moment(at).isoformat(), "invoke": {"function": function, "payload": payload}}


def _story() -> list[Line]:
    personal: dict[str, Any] = {
        "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": NUMBER},
        "Attributes": {"address": "14 Invented Lane", "email": "eleanor@invented.example"},
        "Name": "Eleanor Featherstone",
    }
    wrong = {"case": "Eleanor Featherstone, 14 Invented Lane", "contact_ids": ["a1"], "requested_by": "officer.1"}
    return [
        *call("a1", "2027-02-01T09:00:00", **personal),
        {
            "at": "2027-02-01T09:30:00+00:00",
            "record": {
                "ContactId": "a1",
                "InitiationTimestamp": "2027-02-01T09:00:00Z",
                "LastUpdateTimestamp": "2027-02-01T09:30:00Z",
                **personal,
                "Attributes": {**personal["Attributes"], "complaint_reference": "C-2"},
            },
        },
        logged("2027-02-10T12:00:00", "C-1", ["a1", "a404"], note="Eleanor Featherstone rang about 14 Invented Lane"),
        own_event("2027-02-10T12:01:00", "Complaint Logged", wrong),
        own_event("2027-02-10T12:01:00", "Complaint Logged", {**wrong, "case": "C-3", "received_on": "Eleanor"}),
        own_event("2027-02-10T12:01:00", "Hold Released", {"case": "C-1", "why": "Eleanor asked", "requested_by": "x"}),
        fault("2027-02-10T13:00:00", "s3", "GetObject", "AccessDenied", 3),
        logged("2027-02-10T13:00:00", "C-4", ["a1"]),
        _invoke(
            "2027-02-10T14:00:00",
            "record_consent",
            _flow("a1", purpose="callback", wording_version="nonsense", decision="given"),
        ),
        _invoke("2027-02-10T14:01:00", "send_sms", _flow("a1", template="Eleanor", purpose="14 Invented Lane")),
        _invoke("2027-02-10T14:02:00", "send_sms", _flow("a1", template="t", purpose="p", number="Eleanor")),
        _invoke("2027-02-10T14:03:00", "control_recording", _flow("a1", operation="pause")),
        wait("2027-02-12T14:00:00"),
    ]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[EmbeddedAws]:
    path = tmp_path / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in _story()))
    lines = read_scenario(path)
    with Replay.start(lines, file=path, policy=BARNET) as running:
        running.run_until(lines[-1].at)
        yield running.world


def _assert_nothing_personal(what: str, texts: list[str]) -> None:
    assert texts, f"there are no {what} to look at"
    for text in texts:
        for secret in PERSONAL:
            assert secret not in text, f"{what}: {text}"


def test_nothing_personal_leaves_the_stores(world: EmbeddedAws) -> None:
    s3, dynamodb = world.client("s3"), world.client("dynamodb")
    keys, tags = [], []
    for bucket in world.names.buckets.values():
        for version in s3.list_object_versions(Bucket=bucket).get("Versions", []):
            keys.append(version["Key"])
            found = s3.get_object_tagging(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
            tags.append(json.dumps(found["TagSet"]))
    rows = [
        json.dumps([row["pk"], row.get("sk")])
        for table in dynamodb.list_tables()["TableNames"]
        for row in dynamodb.scan(TableName=table)["Items"]
        if "pk" in row
    ]
    _assert_nothing_personal("log lines and metrics", [str(line) for line in world.logs])
    _assert_nothing_personal("object keys", keys)
    _assert_nothing_personal("object tags", tags)
    _assert_nothing_personal("table keys", rows)
    _assert_nothing_personal("notices", [str(notice) for notice in world.notifications])
