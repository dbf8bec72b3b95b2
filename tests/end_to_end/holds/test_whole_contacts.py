"""The whole contact is held: every day it ran, every version, every part of its chain, and nothing is invented."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import asleep, begun
from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import Line, call, logged, moment, recording_key, told, wait

START = "2027-02-10T09:00:00"
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
            logged("2027-01-12T10:00:00", "CMP-06", [CHAT]),
            wait("2027-01-14T10:00:00"),
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
            logged("2027-01-06T10:00:00", "CMP-07", [CALL]),
            wait("2027-01-06T10:10:00"),
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
            wait("2027-03-20T12:00:00"),
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
    assert state.calls["place_hold"]["invocations"] < 20, "daily looks, and no endless retry"


def test_both_versions_of_a_rewritten_recording_are_held(tmp_path: Path) -> None:
    rewritten = {"a1": timedelta(hours=-1), "a2": timedelta(minutes=20), "a3": timedelta(days=20)}
    keys = {contact: recording_key(contact, START) for contact in rewritten}
    lines = [line for contact in rewritten for line in call(contact, START, size=100)]
    lines += [logged(NOON, f"C-{contact}", [contact], received_on="2027-02-09") for contact in rewritten]
    lines += [
        _object((moment(NOON) + after).isoformat(), "call_recording", keys[contact], bytes=5000)
        for contact, after in rewritten.items()
    ]
    lines.sort(key=lambda one: str(one["at"]))
    with begun(lines, tmp_path / "story.jsonl", moment("2027-04-03T10:00:00")) as replay:
        with asleep(replay.world):
            replay.run_until(moment("2027-09-29T10:00:00"))
        replay.run_until(moment("2027-10-02T10:00:00"))
        state = replay.state()

    assert len(state.holds) == len(rewritten)
    for hold in state.holds:
        sizes = sorted(one.bytes for one in hold.artefacts if one.source_key == keys[hold.contact_id])
        assert sizes == [100, 5000], hold.contact_id
        assert len({one.hold_key for one in hold.artefacts}) == len(hold.artefacts)
    assert state.stores["call_recording"].objects == [], "the originals went at their time"


def test_a_contact_that_connect_has_forgotten_stays_held(tmp_path: Path) -> None:
    """Connect knows a contact for 24 months: API reference, "DescribeContact". Its recording went before that."""
    flag = logged(NOON, "C-1", ["a1"], reason="legal_claim", received_on="2027-02-09")
    # A second case has the contact looked at wholly again.
    again = logged("2029-02-20T12:00:00", "C-2", ["a1"], reason="legal_claim", received_on="2029-02-19")
    with begun([*call("a1", START), flag, again], tmp_path / "story.jsonl", moment("2027-02-12T12:00:00")) as replay:
        with asleep(replay.world):
            replay.run_until(moment("2029-02-08T12:00:00"))
        replay.run_until(moment("2029-03-05T00:00:00"))
        state = replay.state()

    assert state.stores["call_recording"].objects == []
    assert [(hold.case, hold.status, hold.missing) for hold in state.holds] == [
        ("C-1", "held", []),
        ("C-2", "held", []),
    ]
    assert told(state) == []


def test_what_was_never_written_is_not_found_and_never_becomes_a_removal(play: Play) -> None:
    """The recording would have been kept until the middle of August."""
    [known, _] = call("a1", START)
    flag = logged("2027-07-30T12:00:00", "C-1", ["a1"], received_on="2027-07-29")
    state = play([{**known, "at": "2027-07-29T12:00:00Z"}, flag, wait("2027-09-05T00:00:00")])

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
        "InitiationTimestamp": "2027-02-10T09:01:00Z",
        "DisconnectTimestamp": "2027-02-10T09:03:00Z",
    }
    state = play(
        [
            *call("a1", START),
            _contact("2027-02-10T09:07:00", **guide),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-02-12T12:00:00"),
        ]
    )

    assert {(hold.contact_id, hold.status) for hold in state.holds} == {("a1", "held"), ("g1", "held")}
    assert told(state) == []


@pytest.mark.parametrize("days", [1, 40, pytest.param(200, marks=pytest.mark.prove)])
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
    attached = f"connect/barnet/Attachments/voice/2027/02/10/{FILE}_a1_20270210T09:03_UTC.pdf"
    refers = [{"Attachment": {"Name": "form.pdf", "Value": FILE, "Status": "APPROVED"}}]
    state = play(
        [
            *call("a1", START, References=refers),
            _object("2027-02-10T09:10:00", "attachment", attached),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-02-10T12:05:00"),
        ]
    )

    assert _sources(state) == {recording_key("a1", START): 1, attached: 1}


@pytest.mark.parametrize("days", [0, 1])
def test_an_evaluation_is_found_where_connect_says_that_it_exported_it_or_on_the_day_after_its_last_change(
    play: Play, days: int
) -> None:
    """``ExportLocation``: Amazon Connect API reference, "ContactEvaluation". The call was two days before that."""
    exported = f"Evaluations/2027/02/{9 + days:02}/23:58:00.000Z-e-9.json"
    filled = [{"EvaluationId": "e-9", "Form": "Quality", "Status": "SUBMITTED", "Answers": {"tone": "5"}}]
    state = play(
        [
            *({**line, "at": "2027-02-09T09:05:00Z"} for line in call("a1", "2027-02-07T09:00:00")),
            _contact("2027-02-09T23:58:00", Id="a1", Evaluations=filled),
            _object("2027-02-10T10:01:00", "evaluation", exported),
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
            _object("2027-02-10T10:01:00", "evaluation", exported),
            logged(NOON, "C-1", ["a1"], received_on="2027-02-09"),
            wait("2027-02-10T12:05:00"),
        ]
    )

    [hold] = state.holds
    assert (hold.status, exported in _sources(state)) == ("held", True)
    assert "connect.ListContactEvaluations" not in state.calls["place_hold"]


def test_a_recording_whose_name_connect_encodes_is_held(play: Play) -> None:
    key = "connect/barnet/CallRecordings/2027/02/10/a1 100% odd_20270210T09:00_UTC.wav"
    location = key.replace("%", "%25").replace(" ", "%20").replace(":", "%3A")
    state = play(
        [
            *call("a1", START, Recordings=[_recorded("call_recording", location)])[:1],
            _object("2027-02-10T09:10:00", "call_recording", key),
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
