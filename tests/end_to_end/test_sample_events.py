"""No sample is refused: every file of events/ goes to its function, by its deployed rule, under the default policy."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import Line, call, decide, logged, moment, wait

EVENTS = Path("events")
FIRST, SECOND = "562d0208-b98c-47d2-9b9f-a329e7bf0c80", "005d99c3-06d2-4d91-9b69-e6266d5ca164"
"""The contacts of the samples: a call, and what it was transferred to."""
TAGGED = "3f2b1c9e-8d41-4f0a-9a35-6c1d2e7b8a90"
TAGGED_KEY = f"connect/ash/CallRecordings/2027/01/12/{TAGGED}_20270112T10:15_UTC.wav"
"""The object of S3's sample."""
CASE = "CMP-2027-0412"

_AT_A_CALL = {
    "contact-flow/pause-recording": "14:25:00",
    "aws.connect/contact-initiated-by-transfer": "14:27:11",
    "contact-flow/resume-recording": "14:31:00",
    "contact-flow/pause-recording-from-agent-guide": "14:36:00",
    "contact-flow/record-consent": "14:38:00",
    "contact-flow/send-sms": "14:38:30",
    "contact-flow/withheld-number": "14:39:00",
    "aws.connect/contact-completed": "14:41:22",
    "kinesis/contact-record": "14:41:30",
    "aws.sms-voice/text-delivered": "14:42:13",
    "aws.connect/contact-tagged": "14:45:07",
    "aws.connect/contact-tagged-other-casing": "14:45:08",
    "aws.sms-voice/text-unreachable": "14:50:03",
}
"""When each sample comes on the day of the call."""

_ABOUT_IT = (
    "steward.complaints/complaint-logged",
    "sqs/hold-requests",
    "sqs/poison",
    "kinesis/contact-record-flagged",
    "kinesis/flagged-records",
    "aws.connect/evaluation-rules-matched",
    "s3/test-event",
    "s3/object-tagged",
    "s3/object-expired",
    "s3/object-deleted-for-good",
    "steward.complaints/complaint-escalated",
    "steward.complaints/subject-access-logged",
    "steward.complaints/complaint-closed",
    "steward.complaints/hold-released",
    "function-url/decide-approve",
)
"""What comes afterwards, each ten minutes after the one before."""

_SAMPLE_BUCKETS = {
    "call_recording": r"steward-local-call-recording-111122223333|ash-live-steward-stores-callrecording-\w+",
    "legal_hold": r"ash-live-steward-stores-legalholdbucket-\w+",
}
FLOW_FUNCTIONS = {"record-consent": "record_consent", "send-sms": "send_sms", "withheld-number": "send_sms"}
FROM_A_QUEUE = {
    "s3/test-event": "place_hold",
    "s3/object-tagged": "place_hold",
    "s3/object-expired": "confirm_disposal",
    "s3/object-deleted-for-good": "confirm_disposal",
}
"""Whose queue each notification of S3 goes to; that the deployed stores send it there, ``tag_object`` shows."""
INVOKED = {
    "sqs/hold-requests": "place_hold",
    "sqs/poison": "place_hold",
    "kinesis/flagged-records": "relay_flags",
    "function-url/decide-approve": "decide",
}
"""What a queue, a stream or an address hands to a function itself."""


def test_every_sample_has_a_place_in_a_story() -> None:
    found = [path for path in EVENTS.rglob("*.json") if path.parent.name != "schemas"]
    files = {str(path.relative_to(EVENTS).with_suffix("")) for path in found}
    assert files == {*_AT_A_CALL, *_ABOUT_IT}


def sample(name: str) -> dict[str, Any]:
    """Return a sample of this account: its instance and its stores are the deployed ones."""
    text = (EVENTS / f"{name}.json").read_text()
    for store, bucket in _SAMPLE_BUCKETS.items():
        text = re.sub(bucket, f"{{{store}}}", text)
    found: dict[str, Any] = json.loads(text.replace("8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4", "{instance_id}"))
    return found


def line(at: str, name: str) -> Line:
    """Return the line of a scenario in which the sample arrives where it does in an account."""
    given, folder = sample(name), name.partition("/")[0]
    if name in INVOKED:
        return {"at": at, "invoke": {"function": INVOKED[name], "payload": given, "as": name}}
    if name in FROM_A_QUEUE:
        if name == "s3/object-tagged":
            del given["Records"][0]["s3"]["object"]["versionId"]  # the story's object has another
        message = sample("sqs/hold-requests")["Records"][0] | {"body": json.dumps(given)}
        return {"at": at, "invoke": {"function": FROM_A_QUEUE[name], "payload": {"Records": [message]}, "as": name}}
    if folder == "contact-flow":
        function = FLOW_FUNCTIONS.get(name.partition("/")[2], "control_recording")
        return {"at": at, "invoke": {"function": function, "payload": given, "as": name}}
    if folder == "kinesis":
        return {"at": at, "record": given}
    kept = {field: given[field] for field in ("source", "detail-type", "detail", "id", "resources")}
    return {"at": at, "event": kept | {"bus": "steward" if folder == "steward.complaints" else "default"}}


def calls(day: str) -> list[Line]:
    """Return the two contacts and their recordings, as Connect has them once they are over."""
    first = call(FIRST, f"{day}T14:20:00")
    second = call(SECOND, f"{day}T14:29:00", InitialContactId=FIRST, PreviousContactId=FIRST)
    return [*first, *second]


def played(path: Path, lines: list[Line]) -> State:
    lines = sorted(lines, key=lambda one: moment(one["at"]))
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    story = read_scenario(path)
    with Replay.start(story, file=path, policy=BARNET) as running:
        running.run_until(story[-1].at)
        return running.outcome().state


@pytest.fixture(scope="module")
def at_a_call(tmp_path_factory: pytest.TempPathFactory) -> State:
    day = "2027-01-12"

    def at(clock: str) -> str:
        return f"{day}T{clock}+00:00"

    def contact(clock: str, contact_id: str, **fields: str) -> list[Line]:
        given = {"Id": contact_id, "Channel": "VOICE", "InitialContactId": FIRST, "InitiationTimestamp": at(clock)}
        recording = {"contact_id": contact_id, "types": ["AGENT", "SCREEN"], "state": "on"}
        return [{"at": at(clock), "contact": given | fields}, {"at": at(clock), "recording": recording}]

    return played(
        tmp_path_factory.mktemp("call") / "story.jsonl",
        [
            *contact("14:20:00", FIRST),
            *contact("14:27:10", SECOND, PreviousContactId=FIRST, InitiationMethod="TRANSFER"),
            {"at": at("14:41:00"), "contact": {"Id": SECOND, "DisconnectTimestamp": at("14:41:00")}},
            *(line(at(clock), name) for name, clock in _AT_A_CALL.items()),
            wait(at("15:30:00")),
        ],
    )


@pytest.fixture(scope="module")
def about_it(tmp_path_factory: pytest.TempPathFactory) -> State:
    day = "2027-10-05"
    tags = {"complaint_reference": "C-2", "complaint_received": "2027-10-04"}
    form = {"reference": CASE, "received_on": "2027-05-12", "stage": "1"}
    evaluation = {
        "EvaluationId": "5b0c1d2e-3f40-4a5b-9c6d-7e8f90a1b2c3",
        "Form": "Complaint",
        "Status": "SUBMITTED",
        "Answers": form,
    }
    return played(
        tmp_path_factory.mktemp("complaint") / "story.jsonl",
        [
            *calls("2027-10-04"),
            {"at": f"{day}T08:00:00+00:00", "contact": {"Id": SECOND, "Evaluations": [evaluation]}},
            logged(f"{day}T08:10:00", "C-1", [FIRST], received_on="2027-10-04"),
            *call(TAGGED, f"{day}T08:00:00"),
            {"at": f"{day}T08:15:00+00:00", "object": {"store": "call_recording", "key": TAGGED_KEY, "bytes": 4800}},
            {"at": f"{day}T08:16:00+00:00", "tag_object": {"store": "call_recording", "key": TAGGED_KEY, "tags": tags}},
            decide(f"{day}T08:30:00", "release-officer/ann", "release", "C-1", "request", why="withdrawn"),
            *(line(f"{day}T{9 + place // 6:02}:{place % 6}0:00+00:00", name) for place, name in enumerate(_ABOUT_IT)),
            wait(f"{day}T12:30:00"),
        ],
    )


def said(state: State, name: str) -> Any:  # noqa: ANN401 - a handler answers any JSON
    [answer] = [one.response for one in state.responses if one.as_ == name]
    return answer


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("pause-recording", "paused", "confirmed"),
        ("resume-recording", "recording", "confirmed"),
        ("pause-recording-from-agent-guide", "paused", "confirmed"),
        ("record-consent", "recorded", ""),
        ("send-sms", "sent", ""),
        ("withheld-number", "refused", "number_withheld"),
    ],
)
def test_a_sample_of_a_contact_flow_is_answered(at_a_call: State, name: str, status: str, reason: str) -> None:
    """The one refusal is on purpose."""
    answer = said(at_a_call, f"contact-flow/{name}")
    assert (answer["status"], answer["reason"]) == (status, reason)


def test_the_samples_of_a_contact_that_begins_and_ends_reach_the_guard(at_a_call: State) -> None:
    """The transfer's event suspends the new contact; the other one ends the pause in which the contact ended."""
    [agent] = [row for row in at_a_call.recordings if (row.contact_id, row.type) == (SECOND, "AGENT")]
    assert [interval.state for interval in agent.intervals][:3] == ["recording", "suspended", "recording"]
    assert [(line.contact_id, line.status) for line in at_a_call.payments] == [
        (FIRST, "recording"),
        (SECOND, "recording"),
        (SECOND, "ended"),
    ]


def test_the_samples_of_a_tagged_contact_hold_it_once(at_a_call: State) -> None:
    assert {(hold.case, hold.contact_id) for hold in at_a_call.holds} == {
        ("CMP-2027-0021", FIRST),
        ("CMP-2027-0021", SECOND),
    }
    assert at_a_call.calls["place_hold"]["invocations"] >= 2


def test_the_samples_of_the_sms_service_reach_the_message_log(at_a_call: State) -> None:
    assert at_a_call.calls["record_sms_status"]["invocations"] >= 3  # and the delivery of the text that was sent


def test_a_sample_of_a_contact_record_without_a_flag_invokes_nothing(at_a_call: State) -> None:
    assert at_a_call.calls["relay_flags"]["invocations"] == 0


def test_the_samples_that_flag_a_call_hold_it(about_it: State) -> None:
    """Logged by the case system, by attribute, by form and by tag: one case, and nobody's flag is lost."""
    assert {(hold.case, hold.contact_id) for hold in about_it.holds} >= {
        (CASE, FIRST),
        (CASE, SECOND),
        ("SAR-2027-0099", FIRST),
        ("SAR-2027-0099", SECOND),
    }
    assert about_it.calls["relay_flags"]["invocations"] == 2


def test_a_batch_of_samples_fails_only_where_it_is_poisoned(about_it: State) -> None:
    """Both name another queue than this deployment's, whose refusals are not this function's to set aside."""
    assert said(about_it, "sqs/hold-requests") == {"batchItemFailures": []}
    poisoned = said(about_it, "sqs/poison")["batchItemFailures"]
    assert [one["itemIdentifier"][-1] for one in poisoned] == ["2", "3"]
    assert sum("refused" in (one.subject or "") for one in about_it.notifications) == len(poisoned)


@pytest.mark.parametrize("name", FROM_A_QUEUE)
def test_a_sample_of_s3s_notifications_is_worked_off(about_it: State, name: str) -> None:
    assert said(about_it, name) == {"batchItemFailures": []}
    assert ("C-2", TAGGED, "held") in {(hold.case, hold.contact_id, hold.status) for hold in about_it.holds}
    assert about_it.calls[FROM_A_QUEUE[name]]["invocations"] >= 2


def test_the_sample_of_a_release_is_asked_for_and_that_of_an_approval_is_taken(about_it: State) -> None:
    """Under the default policy the case system only asks: a person decides."""
    assert [(one.id, one.decision, one.outcome) for one in about_it.decisions] == [
        ("C-1", "request", "asked"),
        (CASE, "request", "asked"),
        ("C-1", "approve", "decided"),
    ]


@pytest.mark.parametrize("story", ["at_a_call", "about_it"])
def test_no_sample_is_set_aside(request: pytest.FixtureRequest, story: str) -> None:
    state: State = request.getfixturevalue(story)
    assert state.dead_letters == []
    assert state.unmatched == []
