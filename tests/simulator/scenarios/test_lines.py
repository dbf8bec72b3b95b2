"""Scenario lines: what is right becomes types, what is wrong is named with its file, line and field."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenarios.actions import Contact, Event, Invoke, PutObject
from simulator.scenarios.errors import ScenarioError
from simulator.scenarios.lines import parse_line, read_scenario
from simulator.scenarios.placeholders import substitute

AT = "2027-01-12T14:20:10Z"
WRONG: list[tuple[str, dict[str, Any] | str, str, str]] = [
    ("a line that ends early", "{", "", "is not JSON"),
    ("a line that is a list", "[]", "", "must be a JSON object"),
    ("an empty object", "{}", "at", "is missing"),
    ("no action", {"at": AT}, "", "has no action"),
    ("two actions", {"at": AT, "pass": True, "record": {}}, "", "has 2 actions: pass, record"),
    ("an unknown action", {"at": AT, "wait": 3}, "wait", "is not an action"),
    ("a naive time", {"at": "2027-01-12T14:20:10", "pass": True}, "at", "has no offset"),
    ("a date for a time", {"at": "2027-01-12", "pass": True}, "at", "has no offset"),
    ("words for a time", {"at": "tomorrow", "pass": True}, "at", "is not an ISO 8601 time"),
    ("a number for a time", {"at": 5, "pass": True}, "at", "must be an ISO 8601 time"),
    ("a time of another age", {"at": "0027-01-12T00:00:00Z", "pass": True}, "at", "is not between the years"),
    ("a pass that is not true", {"at": AT, "pass": 1}, "pass", "must be true"),
    (
        "an unknown store",
        {"at": AT, "object": {"store": "x", "key": "k", "bytes": 1}},
        "object.store",
        "must be one of",
    ),
    ("a missing key", {"at": AT, "object": {"store": "evaluation", "bytes": 1}}, "object.key", "is missing"),
    ("a negative size", {"at": AT, "object": {"store": "evaluation", "key": "k", "bytes": -1}}, "object.bytes", ">= 0"),
    ("no content", {"at": AT, "object": {"store": "evaluation", "key": "k"}}, "object", "neither bytes nor body"),
    (
        "two contents",
        {"at": AT, "object": {"store": "evaluation", "key": "k", "bytes": 1, "body": ""}},
        "object",
        "both bytes and body",
    ),
    (
        "a field that the action lacks",
        {"at": AT, "tag_object": {"store": "evaluation", "key": "k", "tags": {}, "version": "1"}},
        "tag_object.version",
        "is not a field",
    ),
    (
        "a recording type that Connect lacks",
        {"at": AT, "recording": {"contact_id": "c", "types": ["VOICE"], "state": "on"}},
        "recording.types[0]",
        "must be one of AGENT, IVR, SCREEN",
    ),
    ("a contact without an id", {"at": AT, "contact": {"Channel": "VOICE"}}, "contact.Id", "is missing"),
    (
        "a contact's slip of the pen",
        {"at": AT, "contact": {"Id": "c", "Chanel": "VOICE"}},
        "contact.Chanel",
        "not a field",
    ),
    (
        "a nested slip of the pen",
        {"at": AT, "contact": {"Id": "c", "Recordings": [{"Loc": "x"}]}},
        "contact.Recordings[0].Loc",
        "not a field",
    ),
    (
        "a contact's naive time",
        {"at": AT, "contact": {"Id": "c", "DisconnectTimestamp": "2027-01-12T14:00:00"}},
        "contact.DisconnectTimestamp",
        "is not an ISO 8601 time with an offset",
    ),
    (
        "an evaluation without a form",
        {"at": AT, "contact": {"Id": "c", "Evaluations": [{"EvaluationId": "e"}]}},
        "contact.Evaluations[0].Form",
        "must be a text",
    ),
    (
        "an event without a detail",
        {"at": AT, "event": {"source": "s", "detail-type": "d"}},
        "event.detail",
        "is missing",
    ),
    (
        "an event whose detail is text",
        {"at": AT, "event": {"source": "s", "detail-type": "d", "detail": "x"}},
        "event.detail",
        "expected object",
    ),
    (
        "a payload that is a list",
        {"at": AT, "invoke": {"function": "f", "payload": []}},
        "invoke.payload",
        "must be an object",
    ),
    (
        "a fault in no service",
        {"at": AT, "fault": {"service": "S3", "operation": "CopyObject", "error": "e", "times": 1}},
        "fault.service",
        "is not the name of a boto3 client",
    ),
    (
        "a fault in no operation",
        {"at": AT, "fault": {"service": "s3", "operation": "Copy", "error": "e", "times": 1}},
        "fault.operation",
        "is not an operation of s3",
    ),
    (
        "a change in no service",
        {"at": AT, "console": {"service": "S3", "operation": "CopyObject", "parameters": {}, "as": "mallory"}},
        "console.service",
        "is not the name of a boto3 client",
    ),
    (
        "a change by no operation",
        {"at": AT, "console": {"service": "s3", "operation": "Copy", "parameters": {}, "as": "mallory"}},
        "console.operation",
        "is not an operation of s3",
    ),
    (
        "a change that nobody made",
        {"at": AT, "console": {"service": "s3", "operation": "CopyObject", "parameters": {}}},
        "console.as",
        "is missing",
    ),
    (
        "a read of an unknown store",
        {"at": AT, "read": {"by": "listener/ann", "store": "x", "key": "k"}},
        "read.store",
        "must be one of",
    ),
    (
        "a fault without an end",
        {"at": AT, "fault": {"service": "s3", "operation": "CopyObject", "error": "e"}},
        "fault",
        "has neither times nor until",
    ),
    (
        "a fault until no time",
        {"at": AT, "fault": {"service": "s3", "operation": "CopyObject", "error": "e", "until": "later"}},
        "fault.until",
        "is not an ISO 8601 time",
    ),
    (
        "a fault of rows that there are not",
        {"at": AT, "fault": {"service": "s3", "operation": "CopyObject", "error": "e", "times": 1, "keys": ["a"]}},
        "fault.keys",
        "can fail one by one",
    ),
    (
        "an end of failures that names one",
        {"at": AT, "fault": {"clear": True, "service": "s3"}},
        "fault.clear",
        "stands alone",
    ),
    (
        "a fault that never happens",
        {"at": AT, "fault": {"service": "s3", "operation": "CopyObject", "error": "e", "times": 0}},
        "fault.times",
        ">= 1",
    ),
    (
        "a placeholder that does not exist",
        {"at": AT, "contact": {"Id": "c", "Recordings": [{"Location": "{recordings}/k"}]}},
        "contact.Recordings[0].Location",
        "{recordings} is not a placeholder",
    ),
]


@pytest.mark.parametrize(("line", "field", "problem"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_line_is_named_with_file_line_and_field(
    tmp_path: Path, line: dict[str, Any] | str, field: str, problem: str
) -> None:
    path = tmp_path / "story.jsonl"
    text = line if isinstance(line, str) else json.dumps(line)
    path.write_text(f'\n{{"at": "{AT}", "pass": true}}\n\n{text}\n')
    with pytest.raises(ScenarioError) as caught:
        read_scenario(path)
    message = str(caught.value)
    assert message.startswith(f"{path}, line 4: {field}: " if field else f"{path}, line 4: ")
    assert problem in message
    assert "\n" not in message


def test_time_must_not_go_back(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    path.write_text(f'{{"at": "{AT}", "pass": true}}\n\n{{"at": "2027-01-12T14:20:09Z", "pass": true}}\n')
    with pytest.raises(ScenarioError, match=r"line 3: at: .* is earlier than .* on line 1"):
        read_scenario(path)


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_a_file_without_lines_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "story.jsonl"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match="holds no line"):
        read_scenario(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"absent\.jsonl: cannot be read: No such file"):
        read_scenario(tmp_path / "absent.jsonl")


def test_bytes_that_are_not_text_are_a_wrong_line(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    path.write_bytes(b'{"at": "\xff", "pass": true}\n')
    with pytest.raises(ScenarioError, match="line 1: is not JSON"):
        read_scenario(path)


@given(st.text(max_size=80) | st.binary(max_size=80))
def test_no_line_at_all_ends_in_anything_but_a_scenario_error(raw: str | bytes) -> None:
    content = raw if isinstance(raw, bytes) else raw.encode(errors="surrogatepass")
    with pytest.raises(ScenarioError):
        parse_line(1, content or b"{}")


def test_a_moment_with_an_offset_is_read_as_utc() -> None:
    line = parse_line(1, b'{"at": "2027-07-01T00:30:00+01:00", "pass": true}')
    assert line.at == datetime(2027, 6, 30, 23, 30, tzinfo=UTC)


def test_what_connect_answers_with_null_is_accepted() -> None:
    line = parse_line(1, json.dumps({"at": AT, "contact": {"Id": "c", "Recordings": None, "Tags": None}}).encode())
    assert isinstance(line.action, Contact)


def test_an_event_goes_to_the_default_bus_unless_it_names_one() -> None:
    value = {"source": "s", "detail-type": "d", "detail": {}}
    line = parse_line(1, json.dumps({"at": AT, "event": value}).encode())
    assert isinstance(line.action, Event)
    assert line.action.bus == "default"


def test_braces_in_a_body_are_the_bodys_own() -> None:
    value = {"store": "chat_transcript", "key": "k", "body": {"Content": "Hello {name}, {}"}}
    line = parse_line(1, json.dumps({"at": AT, "object": value}).encode())
    assert isinstance(line.action, PutObject)
    assert substitute(line.action.body, {"account": "111122223333"}, "object.body") == value["body"]


def test_braces_in_a_payload_are_the_caller_s_own() -> None:
    value = {"function": "send_sms", "payload": {"reference": "{reference}", "instance": "{instance_arn}"}}
    line = parse_line(1, json.dumps({"at": AT, "invoke": value}).encode())
    assert isinstance(line.action, Invoke)
    replaced = substitute(line.action.payload, {"instance_arn": "arn"}, "invoke.payload")
    assert replaced == {"reference": "{reference}", "instance": "arn"}


def test_placeholders_are_replaced_in_every_string() -> None:
    value = {"a": ["{call_recording}/k", {"{account}": "{region}"}], "n": 3}
    deployed = {"call_recording": "bucket", "account": "1", "region": "eu-west-2"}
    assert substitute(value, deployed, "event") == {"a": ["bucket/k", {"1": "eu-west-2"}], "n": 3}


def test_placeholders_are_replaced_among_the_resources_of_an_event() -> None:
    value = {"source": "aws.connect", "detail-type": "x", "detail": {}, "resources": ["{instance_arn}"]}
    line = parse_line(1, json.dumps({"at": AT, "event": value}).encode())
    replaced = substitute(msgspec.to_builtins(line.action), {"instance_arn": "arn"}, "event")
    assert replaced == {**value, "bus": "default", "id": None, "resources": ["arn"]}


def test_a_placeholder_for_what_the_policy_does_not_store_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"event\.a: \{email_message\} is not deployed under this policy"):
        substitute({"a": "{email_message}/k"}, {}, "event")
