"""``steward simulate`` as people run it: files in, files out, the same bytes every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from tests.end_to_end.stories import Line, call, fault, logged, wait

FILES = ("timeline.jsonl", "state.json")
STATE = {
    "now", "policy", "stores", "holds", "disposals", "messages", "consents", "recordings", "payments",
    "notifications", "dead_letters", "decisions", "requests", "disclosures", "erasures", "statements", "findings",
    "unmatched", "responses", "calls",
}  # fmt: skip


def _write(path: Path, lines: list[Line]) -> str:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def _flow(operation: str, contact_id: str) -> dict[str, Any]:
    data = {
        "ContactId": contact_id,
        "InitialContactId": contact_id,
        "Channel": "VOICE",
        "InstanceARN": "{instance_arn}",
    }
    details = {"ContactData": data, "Parameters": {"operation": operation}}
    return {"Name": "ContactFlowEvent", "Details": details}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> str:
    [contact, stored] = call("a1", "2027-02-01T09:00:00")
    ongoing = {**contact["contact"], "Recordings": None, "DisconnectTimestamp": None}
    lines = [
        {"at": "2027-02-01T09:00:00Z", "contact": ongoing},
        {"at": "2027-02-01T09:00:10Z", "recording": {"contact_id": "a1", "types": ["AGENT"], "state": "on"}},
        {
            "at": "2027-02-01T09:01:00Z",
            "invoke": {"function": "control_recording", "payload": _flow("pause", "a1"), "as": "pause"},
        },
        {"at": "2027-02-01T09:02:00Z", "invoke": {"function": "control_recording", "payload": _flow("resume", "a1")}},
        contact,
        stored,
        {"at": "2027-02-01T09:07:00Z", "record": {"ContactId": "a1", "InitiationTimestamp": "2027-02-01T09:00:00Z"}},
        fault("2027-02-01T09:08:00", "s3", "CopyObject", "SlowDown", 2),
        logged("2027-02-01T10:00:00", "C-1", ["a1", "a2"], note="Mrs Example of 1 Example Street"),
        wait("2027-02-02T12:00:00"),
    ]
    return _write(tmp_path_factory.mktemp("story") / "story.jsonl", lines)


@pytest.fixture(scope="module")
def replayed(story: str) -> tuple[Path, str]:
    """Return where the command wrote, and what it said."""
    out, said = Path(story).parent / "deep" / "out", StringIO()
    with redirect_stdout(said):
        assert run(["simulate", story, "--out", str(out)]) == 0
    return out, said.getvalue()


def _read(out: Path) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    timeline = [json.loads(line) for line in (out / "timeline.jsonl").read_text().splitlines()]
    return timeline, json.loads((out / "state.json").read_text())


def test_the_command_writes_the_whole_state_and_the_timeline(replayed: tuple[Path, str]) -> None:
    out, said = replayed
    assert len(said.splitlines()) == 2
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
    timeline, state = _read(out)
    assert state.keys() == STATE
    assert (state["policy"], state["now"]) == ("barnet", "2027-02-02T12:00:00Z")
    assert {hold["contact_id"]: hold["status"] for hold in state["holds"]} == {"a1": "held", "a2": "nothing_held"}
    assert [interval["state"] for interval in state["recordings"][0]["intervals"]] == [
        "recording",
        "suspended",
        "recording",
    ]
    assert [(answer["as"], answer["response"]["status"]) for answer in state["responses"]] == [
        ("pause", "paused"),
        (None, "recording"),
    ]
    [payment] = state["payments"]
    assert payment["contact_id"] == "a1"
    assert payment["resumed_at"]
    assert state["calls"]["place_hold"]["s3.CopyObject"] >= 3
    assert {"contact", "recording", "invoke", "object", "record", "fault", "event", "invocation", "hold", "pass"} <= {
        row["kind"] for row in timeline
    }
    assert [row["at"] for row in timeline] == sorted(row["at"] for row in timeline)
    assert "Example Street" not in (out / "timeline.jsonl").read_text() + (out / "state.json").read_text()


def test_two_replays_write_the_same_bytes(story: str, replayed: tuple[Path, str], tmp_path: Path) -> None:
    assert run(["simulate", story, "--out", str(tmp_path / "two")]) == 0
    for name in FILES:
        assert (replayed[0] / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.prove
def test_a_replay_by_another_process_writes_the_same_bytes(
    story: str, replayed: tuple[Path, str], tmp_path: Path
) -> None:
    script = Path(sys.executable).with_name("steward")
    command = [str(script), "simulate", story, "--out", str(tmp_path / "two")]
    # Another process has another hash seed: nothing may depend on the order of a set.
    done = subprocess.run(  # noqa: S603 - our own script
        command, check=False, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )
    assert (done.returncode, done.stderr) == (0, "")
    for name in FILES:
        assert (replayed[0] / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            {"invoke": {"function": "no_such", "payload": {}}},
            "line 2: invoke.function: no function 'no_such' is deployed",
        ),
        (
            {"event": {"source": "s", "detail-type": "d", "detail": {}, "bus": "b"}},
            "line 2: event.bus: there is no bus b",
        ),
        (
            {"tag_object": {"store": "call_recording", "key": "k", "tags": {}}},
            "line 2: tag_object.key: there is no object k in call_recording",
        ),
        (
            {"read": {"by": "listener/ann", "store": "call_recording", "key": "k"}},
            "line 2: read.key: there is no object k in call_recording",
        ),
        (
            {"console": {"service": "s3", "operation": "DeleteBucketPolicy", "parameters": {}, "as": "mallory"}},
            'line 2: console.parameters: Parameter validation failed: Missing required parameter in input: "Bucket"',
        ),
        (
            {
                "console": {
                    "service": "s3",
                    "operation": "DeleteBucketPolicy",
                    "parameters": {"Bucket": "nobodys"},
                    "as": "mallory",
                }
            },
            "line 2: console.parameters: s3.DeleteBucketPolicy answers NoSuchBucket",
        ),
        (
            {"recording": {"contact_id": "nobody", "types": ["IVR"], "state": "on"}},
            "line 2: recording: recording: the contact nobody does not exist",
        ),
    ],
)
def test_what_this_deployment_cannot_play_is_one_line(
    line: Line, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = "2027-02-01T09:00:00Z"
    path = _write(tmp_path / "story.jsonl", [wait(at), {"at": at, **line}])
    assert run(["simulate", path, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "out").exists()
