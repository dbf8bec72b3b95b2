"""What is cut out of audio and transcripts, and what cannot be and is therefore withheld."""

from __future__ import annotations

import io
import json
import struct
import wave

import pytest

from steward.holds.requests import BadRequest
from steward.rights.finding.identifiers import Identifier, Kind, read_intake
from steward.rights.finding.scanning import Needles, UnreadableRecords, set_aside
from steward.rights.package.audio import CannotEdit, silenced
from steward.rights.package.transcripts import REMOVED, turns, without
from steward.rights.requests import Cut


def recording(seconds: int, channels: int = 2, width: int = 2) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, width, 8000, 0, "NONE", ""))
        file.writeframes(b"\x55" * (channels * width * 8000 * seconds))
    return out.getvalue()


def frames(content: bytes) -> bytes:
    with wave.open(io.BytesIO(content)) as file:
        return bytes(file.readframes(file.getnframes()))


def test_a_cut_is_silent_on_all_channels_and_nothing_else_changes() -> None:
    edited = frames(silenced(recording(3), [Cut(from_ms=1000, to_ms=2000)]))
    before, cut, after = edited[:32000], edited[32000:64004], edited[64004:]
    assert set(before) == set(after) == {0x55}
    assert set(cut) == {0}
    assert len(edited) == len(frames(recording(3)))


def test_a_cut_that_ends_after_the_recording_reaches_its_end_and_one_that_begins_after_it_is_refused() -> None:
    assert set(frames(silenced(recording(1), [Cut(from_ms=0, to_ms=60_000)]))) == {0}
    with pytest.raises(CannotEdit, match="after the end"):
        silenced(recording(1), [Cut(from_ms=2000, to_ms=3000)])


def test_silence_of_one_byte_samples_is_in_the_middle() -> None:
    assert set(frames(silenced(recording(1, 1, 1), [Cut(from_ms=0, to_ms=1000, channel="left")]))) == {0x80}


def test_audio_that_is_no_linear_pcm_is_never_passed() -> None:
    # Format 7 is mu-law (RFC 2361).
    shape = struct.pack("<HHIIHH", 7, 1, 8000, 8000, 1, 8)
    body = b"WAVEfmt " + struct.pack("<I", len(shape)) + shape + b"data" + struct.pack("<I", 8) + b"\x55" * 8
    for content in (b"RIFF" + struct.pack("<I", len(body)) + body, b"ID3 an mp3", b""):
        with pytest.raises(CannotEdit, match="not linear PCM"):
            silenced(content, [Cut(from_ms=0, to_ms=10)])


def test_every_turn_that_overlaps_a_cut_loses_its_words() -> None:
    said = turns(
        json.dumps(
            {
                "Transcript": [
                    {"ParticipantId": "AGENT", "Content": "One", "BeginOffsetMillis": 0, "EndOffsetMillis": 1000},
                    {"ParticipantId": "CUSTOMER", "Content": "Two", "BeginOffsetMillis": 1000, "EndOffsetMillis": 2000},
                    {
                        "ParticipantId": "CUSTOMER",
                        "Content": "Three",
                        "BeginOffsetMillis": 2000,
                        "EndOffsetMillis": 3000,
                    },
                ]
            }
        ).encode()
    )
    assert [one.text for one in without(said, [Cut(from_ms=1999, to_ms=2001)])] == ["One", REMOVED, REMOVED]
    with pytest.raises(CannotEdit):
        turns(b"[]")


def test_an_intake_names_what_it_can_be_searched_by_and_quotes_nothing_of_the_rest() -> None:
    body = [{"type": "phone", "value": "+44 (0)1632 960123"}, {"type": "phone", "value": "anonymous"}, "x"]
    found, doubts = read_intake(json.dumps(body).encode())
    assert found == (Identifier(kind=Kind.PHONE, value="+441632960123"),)
    assert [doubt.field for doubt in doubts] == ["identifier 2", "identifier 3"]
    assert "960123" not in repr(found)
    for wrong in (b"{}", b"no JSON", b"[]", b'[{"type": "phone", "value": "withheld"}]'):
        with pytest.raises(BadRequest):
            read_intake(wrong)


def test_a_line_that_is_no_record_makes_its_object_unreadable() -> None:
    needles = Needles([Identifier(kind=Kind.PHONE, value="+441632960123")])
    for line in (b'{"ContactId": "a"', b'{"x": "+441632960123", broken}', b'{"x": "+441632960123"}'):
        with pytest.raises(UnreadableRecords):
            list(needles.look([line]))
    aside = b'{"rawData": "eyJDb250YWN0SWQiOiAiYSIsICJ4IjogIis0NDE2MzI5NjAxMjMifQ=="}'
    [found] = needles.look(set_aside([aside]))
    assert (found.contact_id, found.weak) == ("a", True)
