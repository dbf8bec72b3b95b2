"""The whole contact is held: every day it ran, every version, every part of its chain, and nothing is invented."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.stories import Line, call, logged, moment, recording_key, told, wait

START = "2027-02-01T09:00:00"
NOON = "2027-02-10T12:00:00"
CHAT = "0000abc0-4000-4000-8000-000000000006"
CALL = "0000abc0-4000-4000-8000-000000000007"
TRANSCRIPT = f"connect/barnet/ChatTranscripts/2027/01/05/{CHAT}_20270105T09:00_UTC.json"
FILE = "f0000000-0000-4000-8000-000000000006"


def _object(at: str, store: str, key: str, **more: object) -> Line:
    return {"at": moment(at).isoformat(), "object": {"store": store, "key": key, **(more or {"bytes": 1000})}}


def _contact(at: str, **fields: object) -> Line:
    return {"at": moment(at).isoformat(), "contact": fields}


def _recorded(store: str, key: str, media: str = "AUDIO", **more: object) -> dict[str, object]:
    return {
        "StorageType": "S3",
        "Location": f"{{{store}}}/{key}",
        "MediaStreamType": media,
        "Status": "AVAILABLE",
        **more,
    }


def _sources(state: State) -> dict[str, int]:
    """How many copies of each original are held, without the contact's record."""
    found: dict[str, int] = {}
    for hold in state.holds:
        for artefact in hold.artefacts:
            if artefact.record_class != "contact_record":
                found[artefact.source_key] = found.get(artefact.source_key, 0) + 1
    return found


def test_of_a_chat_of_six_days_transcript_analysis_and_attachment_of_any_day_are_held(play: Play) -> None:
    analysis = f"Analysis/Chat/2027/01/11/{CHAT}_analysis_2027-01-11T08:40:00Z.json"
    late = f"Analysis/Chat/Redacted/2027/01/12/{CHAT}_analysis_redacted_2027-01-12T00:40:00Z.json"
    attached = f"connect/barnet/Attachments/chat/2027/01/09/{FILE}_{CHAT}_20270109T12:00_UTC.pdf"
    state = play(
        [
            _contact(
                "2027-01-11T08:31:00",
                Id=CHAT,
                Channel="CHAT",
                InitiationTimestamp="2027-01-05T09:00:00Z",
                DisconnectTimestamp="2027-01-11T08:30:00Z",
                Recordings=[_recorded("chat_transcript", TRANSCRIPT, "CHAT")],
                References=[{"Attachment": {"Name": "bill.pdf", "Value": FILE, "Status": "APPROVED"}}],
            ),
            _object("2027-01-11T08:32:00", "chat_transcript", TRANSCRIPT),
            _object("2027-01-11T08:40:00", "chat_transcript", analysis),
            _object("2027-01-11T08:41:00", "attachment", attached),
            _object("2027-01-12T00:41:00", "chat_transcript", late),
            logged("2027-02-01T10:00:00", "CMP-06", [CHAT]),
            wait("2027-02-03T10:00:00"),
        ]
    )

    assert [(hold.status, hold.missing) for hold in state.holds] == [("held", [])]
    assert _sources(state) == {TRANSCRIPT: 1, analysis: 1, attached: 1, late: 1}


def test_an_analysis_that_carries_the_date_of_the_next_day_is_held(play: Play) -> None:
    key = f"connect/barnet/CallRecordings/2027/01/05/{CALL}_20270105T23:50_UTC.wav"
    analyses = [
        f"Analysis/Voice/2027/01/06/{CALL}_analysis_2027-01-06T00:04:12Z.json",
        f"Analysis/Voice/Redacted/2027/01/06/{CALL}_analysis_redacted_2027-01-06T00:04:12Z.json",
    ]
    state = play(
        [
            _contact(
                "2027-01-06T00:10:00",
                Id=CALL,
                Channel="VOICE",
                InitiationTimestamp="2027-01-05T23:49:00Z",
                DisconnectTimestamp="2027-01-05T23:58:30Z",
                Recordings=[_recorded("call_recording", key)],
            ),
            *(_object("2027-01-06T00:15:00", "call_recording", one) for one in (key, *analyses)),
            logged("2027-02-01T10:00:00", "CMP-07", [CALL]),
            wait("2027-02-01T10:10:00"),
        ]
    )

    assert _sources(state) == dict.fromkeys((key, *analyses), 1)


def test_a_live_media_stream_is_named_once_as_not_stored_here_and_the_rest_is_held(play: Play) -> None:
    """``StorageType`` KINESIS_VIDEO_STREAM: Amazon Connect API reference, "RecordingInfo"."""
    stream = "arn:aws:kinesisvideo:eu-west-2:123456789012:stream/barnet-connect-barnet-contact-5b6a/1609459200000"
    key = recording_key("a1", START)
    live = {"StorageType": "KINESIS_VIDEO_STREAM", "Location": stream, "MediaStreamType": "AUDIO"}
    state = play(
        [
            *call("a1", START, Recordings=[_recorded("call_recording", key), live]),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-04-10T12:00:00"),
        ]
    )

    [hold] = state.holds
    assert hold.status == "partial"
    assert [(one.source_key, one.why) for one in hold.missing] == [
        (stream, "a live media stream (Kinesis Video Streams), which is not stored here")
    ]
    assert _sources(state) == {key: 1}
    assert [one.subject for one in told(state)] == ["Hold incomplete: case C-1"]
    assert state.dead_letters == []
    assert state.calls["place_hold"]["invocations"] < 25, "daily looks, and no endless retry"


@pytest.mark.parametrize("rewritten", [timedelta(hours=-1), timedelta(minutes=20), timedelta(days=20)])
def test_both_versions_of_a_rewritten_recording_are_held(play: Play, rewritten: timedelta) -> None:
    key = recording_key("a1", "2027-02-10T09:00:00")
    again = _object((moment(NOON) + rewritten).isoformat(), "call_recording", key, bytes=5000)
    flag = logged(NOON, "C-1", ["a1"], received_on="2027-02-09")
    lines = sorted([*call("a1", "2027-02-10T09:00:00", size=100), flag, again], key=lambda one: str(one["at"]))
    state = play([*lines, wait("2027-09-30T10:00:00")])

    [hold] = state.holds
    assert sorted(one.bytes for one in hold.artefacts if one.source_key == key) == [100, 5000]
    assert len({one.hold_key for one in hold.artefacts}) == len(hold.artefacts)
    assert state.stores["call_recording"].objects == [], "the originals went at their time"


def test_a_contact_that_connect_has_forgotten_stays_held(play: Play) -> None:
    """Connect knows a contact for 24 months: API reference, "DescribeContact"."""
    story = [*call("a1", START), logged(NOON, "C-1", ["a1"], reason="legal_claim", received_on="2027-02-09")]
    state = play([*story, wait("2029-03-20T00:00:00")])

    [hold] = state.holds
    assert (hold.status, hold.missing) == ("held", [])
    assert "Hold incomplete: case C-1" not in [one.subject for one in told(state)]


def test_what_was_never_written_is_not_found_and_never_becomes_a_removal(play: Play) -> None:
    [known, _] = call("a1", START)
    state = play([known, logged(NOON, "C-1", ["a1"], received_on="2027-02-09"), wait("2027-11-01T00:00:00")])

    [hold] = state.holds
    assert [one.why for one in hold.missing] == ["not found in the store"]
    assert len([one for one in told(state) if "hold ends" not in str(one.subject).lower()]) == 1


def test_a_payment_guide_is_part_of_the_chain_and_expects_no_transcript(play: Play) -> None:
    """``connect:Subtype`` = ``connect:Guide``: Amazon Connect administrator guide, step-by-step guides."""
    guide = {
        "Id": "g1",
        "Channel": "CHAT",
        "InitiationMethod": "API",
        "RelatedContactId": "a1",
        "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:Guide"}},
        "InitiationTimestamp": "2027-02-01T09:01:00Z",
        "DisconnectTimestamp": "2027-02-01T09:03:00Z",
    }
    state = play(
        [
            *call("a1", START),
            _contact("2027-02-01T09:07:00", **guide),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-02-12T12:00:00"),
        ]
    )

    assert {(hold.contact_id, hold.status) for hold in state.holds} == {("a1", "held"), ("g1", "held")}
    assert told(state) == []


@pytest.mark.parametrize("days", [1, 40, 200])
def test_a_call_back_of_weeks_later_joins_the_hold(play: Play, days: int) -> None:
    later = moment(NOON) + timedelta(days=days)
    story = [
        *call("a1", START),
        logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
        *call("a2", later.isoformat(), InitialContactId="a1", PreviousContactId="a1"),
    ]
    state = play([*story, wait((later + timedelta(days=30)).isoformat())])

    assert {(hold.contact_id, hold.status) for hold in state.holds} == {("a1", "held"), ("a2", "held")}


def test_a_call_has_its_attachment_held_where_it_refers_to_one(play: Play) -> None:
    attached = f"connect/barnet/Attachments/voice/2027/02/01/{FILE}_a1_20270201T09:03_UTC.pdf"
    refers = [{"Attachment": {"Name": "form.pdf", "Value": FILE, "Status": "APPROVED"}}]
    state = play(
        [
            *call("a1", START, References=refers),
            _object("2027-02-01T09:10:00", "attachment", attached),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-02-10T12:05:00"),
        ]
    )

    assert _sources(state) == {recording_key("a1", START): 1, attached: 1}


@pytest.mark.parametrize("days", [0, 1])
def test_an_evaluation_is_found_where_connect_says_that_it_exported_it_or_on_the_day_after_its_last_change(
    play: Play, days: int
) -> None:
    """``ExportLocation``: Amazon Connect API reference, "ContactEvaluation"."""
    exported = f"Evaluations/2027/02/0{3 + days}/23:58:00.000Z-e-9.json"
    filled = [{"EvaluationId": "e-9", "Form": "Quality", "Status": "SUBMITTED", "Answers": {"tone": "5"}}]
    state = play(
        [
            *call("a1", START),
            _contact("2027-02-03T23:58:00", Id="a1", Evaluations=filled),
            _object("2027-02-04T10:01:00", "evaluation", exported),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-02-10T12:05:00"),
        ]
    )

    [hold] = state.holds
    assert (hold.status, exported in _sources(state)) == ("held", True)


def test_an_export_location_that_connect_names_is_held_without_being_looked_for(play: Play) -> None:
    exported = "somewhere/else/e-9.json"
    named = {"e-9": {"Status": "COMPLETE", "EvaluationArn": "x/e-9", "ExportLocation": f"{{evaluation}}/{exported}"}}
    state = play(
        [
            *call("a1", START, ContactEvaluations=named),
            _object("2027-02-04T10:01:00", "evaluation", exported),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-02-10T12:05:00"),
        ]
    )

    [hold] = state.holds
    assert (hold.status, exported in _sources(state)) == ("held", True)
    assert "connect.ListContactEvaluations" not in state.calls["place_hold"]


def test_a_recording_whose_name_connect_encodes_is_held(play: Play) -> None:
    key = "connect/barnet/CallRecordings/2027/02/01/a1 100% odd_20270201T09:00_UTC.wav"
    location = key.replace("%", "%25").replace(" ", "%20").replace(":", "%3A")
    state = play(
        [
            *call("a1", START, Recordings=[_recorded("call_recording", location)])[:1],
            _object("2027-02-01T09:10:00", "call_recording", key),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-02-10T12:05:00"),
        ]
    )

    [hold] = state.holds
    assert (hold.status, hold.missing, _sources(state)) == ("held", [], {key: 1})


def test_a_clock_that_is_ahead_is_not_believed(play: Play) -> None:
    """A contact that claims to end in years: one record is kept of it and not one of each look."""
    key = recording_key("a1", START)
    ahead = {"StopTimestamp": "2031-01-01T00:00:00Z"}
    known = call(
        "a1", START, DisconnectTimestamp="2031-01-01T00:00:00Z", Recordings=[_recorded("call_recording", key, **ahead)]
    )
    state = play([*known, logged(NOON, "C-1", ["a1"], received_on="2027-02-09"), wait("2027-02-20T12:00:00")])

    [hold] = state.holds
    assert hold.status == "held"
    assert len([one for one in hold.artefacts if one.record_class == "contact_record"]) == 1


BEING_WRITTEN = {"EvaluationId": "e-1", "Form": "Quality", "Status": "DRAFT", "Answers": {}}
"""While a contact has it every look is whole, and compares the copies with S3."""


def test_the_nightly_run_rewrites_no_lock_that_is_right(play: Play) -> None:
    """S3 shows locks only to whoever may read them: API reference, "HeadObject"."""
    state = play(
        [
            *call("a1", START, Evaluations=[BEING_WRITTEN]),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-03-30T12:00:00"),
        ]
    )

    assert state.calls["place_hold"]["s3.HeadObject"] > 20
    assert "s3.PutObjectRetention" not in state.calls["place_hold"]
    assert state.dead_letters == []


def test_a_lock_that_somebody_extended_stays_extended_and_disturbs_nobody(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    lines = [*call("a1", START), logged(NOON, "C-1", ["a1"], received_on="2027-02-09"), wait("2027-04-30T12:00:00")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment("2027-02-11T12:00:00"))
        s3 = running.world.client("s3")
        bucket = running.world.names.buckets["legal_hold"]
        [held] = [
            one
            for one in s3.list_object_versions(Bucket=bucket, Prefix="a1/call_recording/")["Versions"]
            if one["Key"].endswith(".wav")
        ]
        until = datetime.fromisoformat("2035-01-01T00:00:00+00:00")
        s3.put_object_retention(
            Bucket=bucket,
            Key=held["Key"],
            VersionId=held["VersionId"],
            Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until},
        )
        running.run_until(moment("2027-04-30T12:00:00"))
        state = running.outcome().state

    locks = {one.key: one.retain_until for one in state.stores["legal_hold"].objects}
    assert datetime.fromisoformat(str(locks[held["Key"]])) == until
    assert state.dead_letters == []
    assert "s3.PutObjectRetention" not in state.calls["place_hold"]
