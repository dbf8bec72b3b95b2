"""Sample events are not refused: each goes to its function, by its rule, under the default policy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.stories import Line, wait

Play = Callable[..., State]

EVENTS = Path("events")
FLOW_FUNCTIONS = {
    "record-consent": "record_consent",
    "send-sms": "send_sms",
    "withheld-number": "send_sms",
    "pause-recording": "control_recording",
    "pause-recording-from-agent-guide": "control_recording",
    "resume-recording": "control_recording",
}
REFUSED_ON_PURPOSE = {"withheld-number": "number_withheld"}
FIRST = "2027-01-12T14:42:00+00:00"
LATER = "2027-01-12T15:42:00+00:00"


def load(path: Path) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(path.read_text())
    return event


def invoked(name: str) -> Line:
    payload = load(EVENTS / "contact-flow" / f"{name}.json")
    return {"at": FIRST, "invoke": {"function": FLOW_FUNCTIONS[name], "payload": payload, "as": name}}


def put(path: Path, bus: str = "default") -> Line:
    event = load(path)
    kept = {name: event[name] for name in ("source", "detail-type", "detail", "id", "resources")}
    return {"at": FIRST, "event": {**kept, "bus": bus}}


def test_every_sample_of_a_contact_flow_has_a_function() -> None:
    assert {path.stem for path in (EVENTS / "contact-flow").iterdir()} == FLOW_FUNCTIONS.keys()


def test_no_sample_of_a_contact_flow_is_refused(play: Play) -> None:
    state = play([invoked(name) for name in FLOW_FUNCTIONS])
    said = {one.as_: one.response for one in state.responses}
    for name, function in FLOW_FUNCTIONS.items():
        answer = said[name]
        assert isinstance(answer, dict)
        if name in REFUSED_ON_PURPOSE:
            assert answer["reason"] == REFUSED_ON_PURPOSE[name]
        elif function == "control_recording":
            assert answer["reason"] != "bad_request"
        else:
            assert answer["status"] in {"recorded", "sent"}, answer


@pytest.mark.parametrize("path", sorted((EVENTS / "aws.sms-voice").iterdir()), ids=lambda path: path.stem)
def test_a_sample_of_the_sms_service_reaches_the_message_log_and_no_dead_letter_queue(play: Play, path: Path) -> None:
    state = play([invoked("record-consent"), invoked("send-sms"), put(path), wait(LATER)])
    assert state.calls["record_sms_status"]["invocations"] >= 1
    assert state.dead_letters == []


@pytest.mark.parametrize("name", ["complaint-logged", "subject-access-logged", "complaint-escalated"])
def test_a_sample_of_the_case_system_reaches_place_hold(play: Play, name: str) -> None:
    path = EVENTS / "steward.complaints" / f"{name}.json"
    state = play([put(path, "steward"), wait("2027-01-12T14:45:00+00:00")])
    assert state.calls["place_hold"]["invocations"] >= 1
    assert state.dead_letters == []
