"""Whole lives of holds: chains, late and missing artefacts, several cases, stages, releases, bulk."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import asleep, begun
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.stories import Line, call, fault, logged, moment, own_event, recording_key, told, wait

START = "2027-02-10T09:00:00"
NOON = "2027-02-10T12:00:00"
SOON = "2027-02-10T12:05:00"


def _object(at: str, key: str, store: str = "call_recording") -> Line:
    return {"at": moment(at).isoformat(), "object": {"store": store, "key": key, "body": key}}


def _kept(state: State) -> list[str]:
    return sorted(one.key for one in state.stores["legal_hold"].objects if "/manifests/" not in one.key)


def test_a_chain_of_three_is_held_whole(play: Play) -> None:
    story = [
        *call("a1", "2027-02-10T09:00:00"),
        *call("a2", "2027-02-10T09:10:00", InitialContactId="a1", PreviousContactId="a1"),
        *call("a3", "2027-02-10T09:20:00", InitialContactId="a1", PreviousContactId="a2"),
        *call("b1", "2027-02-10T09:30:00"),
        logged(NOON, "C-1", ["a2"], received_on="2027-02-09"),
    ]
    state = play([*story, wait(SOON)])

    assert {(hold.contact_id, hold.status) for hold in state.holds} == {(one, "held") for one in ("a1", "a2", "a3")}


def test_analysis_files_and_awkward_keys_are_held(play: Play) -> None:
    folder = "Analysis/Voice/2027/02/10"
    keys = [
        f"{folder}/a1_analysis_2027-02-10T09:07:00Z.json",
        "Analysis/Voice/Redacted/2027/02/10/a1_analysis_redacted_2027-02-10T09:07:00Z.json",
        f"connect/barnet/{folder}/a1 100% + odd_analysis.json",
    ]
    story = [*call("a1", START), *(_object("2027-02-10T10:00:00", key) for key in sorted(keys))]
    [hold] = play([*story, logged(NOON, "C-1", ["a1"], received_on="2027-02-09"), wait(SOON)]).holds

    assert hold.status == "held"
    assert set(keys) <= {artefact.source_key for artefact in hold.artefacts}


def test_a_chat_with_its_attachment_and_evaluation_is_held_whole(play: Play) -> None:
    """It was evaluated, and that exported, two days after its end."""
    transcript = "connect/barnet/ChatTranscripts/2027/02/08/c1_20270208T09:00_UTC.json"
    raw = "connect/barnet/ChatTranscripts/2027/02/08/c1_unprocessed.json"
    attached = "connect/barnet/Attachments/chat/2027/02/08/5f0e0000-0000-4000-8000-00000000f11e_20270208T09:01_UTC.pdf"
    exported = "Evaluations/2027/02/10/10:00:00.000Z-e-9.json"
    contact = {
        "Id": "c1",
        "Channel": "CHAT",
        "InitiationTimestamp": "2027-02-08T09:00:00+00:00",
        "DisconnectTimestamp": "2027-02-08T09:20:00+00:00",
        "Recordings": [
            {
                "Location": f"{{chat_transcript}}/{transcript}",
                "UnprocessedTranscriptLocation": f"{{chat_transcript}}/{raw}",
                "MediaStreamType": "CHAT",
                "Status": "AVAILABLE",
            }
        ],
        "References": {
            "photo": {
                "Type": "ATTACHMENT",
                "Value": "5f0e0000-0000-4000-8000-00000000f11e",
                "Status": "APPROVED",
            }
        },
        "Evaluations": [{"EvaluationId": "e-9", "Form": "Quality", "Status": "SUBMITTED", "Answers": {"tone": "5"}}],
    }
    story = [
        {"at": "2027-02-10T10:00:00+00:00", "contact": contact},
        _object("2027-02-10T10:01:00", transcript, "chat_transcript"),
        _object("2027-02-10T10:01:00", raw, "chat_transcript"),
        _object("2027-02-10T10:01:00", attached, "attachment"),
        _object("2027-02-10T10:01:00", exported, "evaluation"),
        logged(NOON, "C-1", ["c1"], received_on="2027-02-09"),
    ]
    [hold] = play([*story, wait(SOON)]).holds

    assert (hold.status, hold.missing) == ("held", [])
    assert {transcript, raw, attached, exported} <= {artefact.source_key for artefact in hold.artefacts}


def test_an_e_mail_and_an_export_below_the_alias_of_the_instance_are_held(play: Play) -> None:
    body, attached = (
        "connect/barnet/EmailMessages/2027/02/08/file-1_20270208T09:00_UTC.json",
        "connect/barnet/Attachments/email/2027/02/08/file-2.pdf",
    )
    exported = "connect/barnet/Evaluations/2027/02/10/10:00:00.000Z-e-9.json"
    contact = {
        "Id": "m1",
        "Channel": "EMAIL",
        "InitiationTimestamp": "2027-02-08T09:00:00+00:00",
        "DisconnectTimestamp": "2027-02-08T09:20:00+00:00",
        "References": {
            "message": {"Type": "EMAIL_MESSAGE", "Value": "file-1"},
            "form": {"Type": "ATTACHMENT", "Value": "file-2"},
        },
        "Evaluations": [{"EvaluationId": "e-9", "Form": "Quality", "Status": "SUBMITTED", "Answers": {"tone": "5"}}],
    }
    story = [
        {"at": "2027-02-10T10:00:00+00:00", "contact": contact},
        _object("2027-02-10T10:01:00", body, "email_message"),
        _object("2027-02-10T10:01:00", attached, "attachment"),
        _object("2027-02-10T10:01:00", exported, "evaluation"),
        logged(NOON, "C-1", ["m1"], received_on="2027-02-09"),
    ]
    [hold] = play([*story, wait(SOON)]).holds

    assert (hold.status, hold.missing) == ("held", [])
    assert {body, attached, exported} <= {artefact.source_key for artefact in hold.artefacts}


def test_an_artefact_that_appears_late_is_held_too(tmp_path: Path) -> None:
    late = {
        "a1": (timedelta(minutes=10), timedelta(hours=1)),
        "a2": (timedelta(minutes=50), timedelta(days=4)),
        "a3": (timedelta(hours=23), timedelta(days=3)),
        "a4": (timedelta(days=9), timedelta(days=31)),
    }
    keys = {contact: f"Analysis/Voice/2027/02/10/{contact}_analysis_late.json" for contact in late}
    story = [line for contact in late for line in call(contact, START)]
    story.sort(key=lambda line: str(line["at"]))
    story += [logged(NOON, f"C-{contact}", [contact]) for contact in late]
    story += [_object((moment(NOON) + after).isoformat(), keys[contact]) for contact, (after, _) in late.items()]
    by = sorted((after + within, contact) for contact, (after, within) in late.items())
    with begun(story, tmp_path / "story.jsonl", moment(SOON)) as replay:
        for wait_for, contact in by:
            replay.run_until(moment(NOON) + wait_for)
            [hold] = [one for one in replay.state().holds if one.contact_id == contact]
            assert keys[contact] in {artefact.source_key for artefact in hold.artefacts}


def test_a_call_flagged_before_its_recording_arrived_becomes_held(play: Play) -> None:
    recorded = call("a1", START)
    flagged = "2027-02-10T09:05:30"
    state = play([recorded[0], logged(flagged, "C-1", ["a1"]), recorded[1], wait("2027-02-10T10:00:00")])

    [hold] = state.holds
    assert (hold.status, hold.missing) == ("held", [])


def test_a_flag_after_expiry_says_when_policy_removed_the_recording(tmp_path: Path) -> None:
    story = [*call("a1", START), logged("2027-09-01T12:00:00", "C-1", ["a1"], received_on="2027-09-01")]
    with begun(story, tmp_path / "story.jsonl", moment("2027-08-31T12:00:00"), sleeping=True) as replay:
        replay.run_until(moment("2027-09-01T13:00:00"))
        state = replay.state()

    [hold] = state.holds
    assert hold.status == "nothing_held"
    assert [one.why for one in hold.missing] == [
        "gone since before 2027-09-01, when S3 had it no more; its retention period of 6 months ended on 2027-08-13"
    ]
    assert hold.artefacts == []
    assert [one.subject for one in told(state)] == ["Nothing could be held: case C-1"]


def test_a_recording_behind_a_fresh_delete_marker_is_rescued(tmp_path: Path) -> None:
    """The marker stands for one more day before the bytes go."""
    story = [*call("a1", START), logged("2027-08-14T12:00:00", "C-1", ["a1"])]
    with begun(story, tmp_path / "story.jsonl", moment("2027-08-13T12:00:00"), sleeping=True) as replay:
        replay.run_until(moment("2027-08-14T13:00:00"))
        state = replay.state()
    [hold] = state.holds

    assert hold.status == "held"
    assert _kept(state)


@pytest.mark.prove
def test_an_original_behind_more_markers_than_a_page_of_a_list_has_is_held(tmp_path: Path) -> None:
    """A page has at most 1,000 versions and markers: Amazon S3 API reference, "ListObjectVersions"."""
    path = tmp_path / "story.jsonl"
    lines = [*call("a1", START), logged(NOON, "C-1", ["a1"]), wait("2027-02-10T13:00:00")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment("2027-02-10T11:00:00"))
        bucket = running.world.names.buckets["call_recording"]
        for _ in range(1001):
            running.world.client("s3").delete_object(Bucket=bucket, Key=recording_key("a1", START))
        running.run_until(moment("2027-02-10T13:00:00"))
        [hold] = running.state().holds

    assert (hold.status, hold.missing) == ("held", [])


@pytest.mark.prove
def test_two_cases_on_one_contact_share_one_copy_until_the_later_date(tmp_path: Path) -> None:
    story = [
        *call("a1", START),
        logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
        logged("2027-02-20T12:00:00", "C-2", ["a1"], received_on="2027-02-19"),
    ]
    with begun(story, tmp_path / "story.jsonl", moment("2027-03-20T12:00:00")) as replay:
        with asleep(replay.world):
            replay.run_until(moment("2028-07-20T12:00:00"))
        replay.run_until(moment("2028-08-12T12:00:00"))
        between = replay.state()
        replay.run_until(moment("2028-08-20T12:00:00"))
        after = replay.state()

    assert len([key for key in _kept(between) if "/call_recording/" in key]) == 1
    assert {hold.case: hold.status for hold in between.holds}["C-2"] == "held"
    assert after.stores["legal_hold"].objects == []
    assert {hold.case: hold.status for hold in after.holds}["C-2"] == "disposed"


@pytest.mark.prove
def test_stage_two_is_held_until_closed_and_then_for_the_policys_period(tmp_path: Path) -> None:
    story = [
        *call("a1", START),
        logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
        own_event(
            "2027-03-20T12:00:00",
            "Complaint Escalated",
            {"case": "C-1", "stage": "2", "on": "2027-03-20", "requested_by": "officer.1"},
        ),
        own_event(
            "2028-12-01T12:00:00",
            "Complaint Closed",
            {"case": "C-1", "closed_on": "2028-12-01", "requested_by": "officer.1"},
        ),
    ]
    with begun(story, tmp_path / "story.jsonl", moment("2027-04-20T12:00:00")) as replay:
        with asleep(replay.world):
            replay.run_until(moment("2028-07-20T12:00:00"))
        # Stage one would have ended in August.
        replay.run_until(moment("2028-11-01T12:00:00"))
        [still_open] = replay.state().holds
        replay.run_until(moment("2028-12-02T12:00:00"))
        state = replay.state()
    assert (still_open.status, still_open.open_ended, still_open.stage) == ("held", True, "2")

    [hold] = state.holds
    assert (hold.status, hold.open_ended) == ("held", False)
    assert hold.hold_until is not None
    assert hold.hold_until > datetime(2028, 12, 1, tzinfo=UTC) + timedelta(days=300)
    copies = [one for one in state.stores["legal_hold"].objects if "/call_recording/" in one.key]
    assert [(one.legal_hold, one.retain_until) for one in copies] == [(False, hold.hold_until)]


def test_every_reason_has_its_own_period(play: Play) -> None:
    reasons = {"a1": "legal_claim", "a2": "threat_to_staff", "a3": "subject_access"}
    calls = sorted((line for contact in reasons for line in call(contact, START)), key=lambda line: str(line["at"]))
    flags = [
        logged(NOON, f"C-{contact}", [contact], received_on="2027-02-09", reason=reason)
        for contact, reason in reasons.items()
    ]
    holds = play([*calls, *flags, wait(SOON)]).holds

    assert {hold.contact_id: (hold.reason, hold.status) for hold in holds} == {
        contact: (reason, "held") for contact, reason in reasons.items()
    }
    assert moment("2028-08-09T00:00:00+01:00") not in {hold.hold_until for hold in holds}


def test_an_unreadable_message_is_kept_and_the_others_are_worked_through(play: Play) -> None:
    story = [
        *call("a1", START),
        own_event(NOON, "Complaint Logged", {"case": "C-0", "contact_ids": "not a list"}),
        logged(NOON, "C-1", ["a1"]),
    ]
    state = play([*story, wait("2027-02-12T12:00:00")])

    assert [hold.case for hold in state.holds] == ["C-1"]
    assert len(state.dead_letters) == 1


CALLS = [
    ("s3", "PutObjectLegalHold"),
    ("s3", "GetObject"),
    ("s3", "CopyObject"),
    ("s3", "HeadObject"),
    ("s3", "PutObject"),
    ("s3", "ListObjectsV2"),
    ("dynamodb", "TransactWriteItems"),
    ("dynamodb", "PutItem"),
    ("dynamodb", "Query"),
    ("connect", "DescribeContact"),
    ("connect", "ListAssociatedContacts"),
    ("sqs", "SendMessage"),
]
OFTEN = {
    ("s3", "CopyObject", True),
    ("s3", "PutObject", True),
    ("dynamodb", "TransactWriteItems", True),
    ("connect", "DescribeContact", False),
    ("sqs", "SendMessage", False),
}
"""One of each service, and what was once done twice when its answer was lost."""


@pytest.mark.parametrize(
    ("service", "operation", "after_effect"),
    [
        pytest.param(*one, after, marks=[] if (*one, after) in OFTEN else [pytest.mark.prove])
        for one in CALLS
        for after in (False, True)
    ],
)
def test_any_call_may_fail_for_a_while(play: Play, service: str, operation: str, *, after_effect: bool) -> None:
    error = "ThrottlingException" if service == "connect" else "ServiceUnavailable"
    story = [
        *call("a1", START),
        fault(NOON, service, operation, error, 12, after_effect=after_effect),
        logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
    ]
    state = play([*story, wait("2027-02-12T12:00:00")])

    [hold] = state.holds
    assert (hold.status, hold.hold_until) == ("held", moment("2028-08-09T00:00:00+01:00"))
    assert len([key for key in _kept(state) if "/call_recording/" in key]) == 1
    [original] = state.stores["call_recording"].objects
    assert not original.legal_hold
    assert state.dead_letters == []


def test_a_source_that_the_key_does_not_let_us_read_is_kept_and_reported(play: Play) -> None:
    story = [
        *call("a1", START),
        fault(NOON, "s3", "GetObject", "AccessDenied", 1),
        logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
    ]
    first = play([*story, wait(SOON)])
    [hold] = first.holds
    assert hold.status == "nothing_held"
    assert "AccessDenied" in hold.missing[0].why
    [original] = first.stores["call_recording"].objects
    assert original.legal_hold

    [hold] = play([*story, wait("2027-02-10T12:30:00")]).holds
    assert hold.status == "held"
