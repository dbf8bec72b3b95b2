"""From a request to its package: matched, reviewed, approved by somebody else, handed over by a short link, gone."""

from __future__ import annotations

import hashlib
import io
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.rights.office import FRAMES, START, Office, sound
from tests.end_to_end.stories import recording_key

RECORDING = recording_key("hers", "2026-12-05T10:00:00")
ANALYSIS = "hers_analysis_2026-12-05T10:00:00Z.json"
CUT = {"from_ms": 1000, "to_ms": 2000, "channel": "left"}


@pytest.fixture(scope="module")
def office(assembly: Path) -> Iterator[Office]:
    """Return the office after the whole story; each test looks at one side of what came of it."""
    with quiet_world(assembly, START) as world:
        office = Office(world)
        office.ask()
        yield office


def test_a_package_from_the_first_letter_to_its_end(office: Office) -> None:
    assert {one.contact_id for one in office.request.contacts} == {"hers", "his", "old"}
    # Only the information officer matches; an unknown contact is refused.
    assert office.match("hers", "confirmed", by="rights-approver/zoe")["reason"] == "role"
    assert office.match("nobody", "confirmed")["status"] == "refused"
    for contact_id, verdict in (("hers", "confirmed"), ("old", "confirmed"), ("his", "rejected")):
        assert office.match(contact_id, verdict)["status"] == "decided"
    office.later(minutes=40)
    assert office.request.status == "reviewing"
    # A cut without a ground, and a file of a rejected contact, are refused; nothing is built before every verdict.
    assert office.review(RECORDING, "edited", cuts=[CUT])["status"] == "refused"
    assert office.review(RECORDING, "edited", cuts=[CUT], ground="another_person")["status"] == "decided"
    assert office.request.package is None
    assert office.review(ANALYSIS, "edited", cuts=[CUT], ground="another_person")["status"] == "decided"
    office.later(minutes=10)
    assert office.request.status == "awaiting_approval"

    files = office.unzipped()
    _is_as_listed(office, files)
    _has_nothing_of_others(files)

    package = office.request.package
    assert package
    manifest = {"manifest_sha256": package.sha256}
    assert office.link()["status"] == "refused"
    # Whoever opened, matched or reviewed does not approve, in whatever role and spelling; another manifest neither.
    for person in ("olive", "MARY", "rob"):
        assert office.decide(f"rights-approver/{person}", "package", "approve", **manifest)["reason"] == "same_person"
    other = {"manifest_sha256": "0" * 64}
    assert office.decide("rights-approver/zoe", "package", "approve", **other)["status"] == "refused"
    assert office.decide("information-officer/zoe", "package", "approve", **manifest)["reason"] == "role"
    assert office.decide("rights-approver/zoe", "package", "approve", **manifest)["status"] == "decided"
    assert office.request.status == "approved"

    # Another verdict voids the approval; the package is made anew and has to be approved again.
    assert office.review(RECORDING, "withheld", ground="another_person")["status"] == "decided"
    office.later(minutes=10)
    assert office.request.status == "awaiting_approval"
    assert office.link()["status"] == "refused"
    renewed = office.request.package
    assert renewed
    assert renewed.sha256 != package.sha256
    assert not any(name.endswith(".wav") for name in renewed.files)
    fresh = {"manifest_sha256": renewed.sha256}
    assert office.decide("rights-approver/zoe", "package", "approve", **fresh)["status"] == "decided"

    first, again = office.link(), office.link()
    assert (first["status"], first["count"], again["status"]) == ("given", 1, "refused")
    assert parse_qs(urlsplit(first["link"]).query)["X-Amz-Expires"] == ["900"]
    assert office.link(why="the first one ran out")["count"] == 2
    office.tell("Package Handed Over", route="secure_mail")
    assert office.request.status == "handed_over"
    office.tell("Request Closed", outcome="answered_in_part")
    office.later(days=32)
    bucket = office.world.names.buckets["rights"]
    kept = office.world.client("s3").list_object_versions(Bucket=bucket)
    names = {one["Key"].partition("/")[0] for one in [*kept.get("Versions", []), *kept.get("DeleteMarkers", [])]}
    assert names == {"register", "requests"}
    assert office.world.dead_letters() == []


def _is_as_listed(office: Office, files: dict[str, bytes]) -> None:
    listed = json.loads(files["manifest.json"])
    assert {one["name"] for one in listed["files"]} == files.keys() - {"manifest.json"}
    for one in listed["files"]:
        assert hashlib.sha256(files[one["name"]]).hexdigest() == one["sha256"]
    package = office.request.package
    assert package
    assert hashlib.sha256(files["manifest.json"]).hexdigest() == package.sha256
    assert {"index.html", "index.csv", "about.html", "searches.html"} < files.keys()
    [recording] = [content for name, content in files.items() if name.endswith(".wav")]
    with wave.open(io.BytesIO(recording)) as file:
        frames = file.readframes(file.getnframes())
    second = FRAMES * 4
    assert frames[:second] == sound(1)[44:]
    # The left channel of the second second is silent, the adviser's is as it was.
    assert frames[second : 2 * second] == b"\x00\x00\x33\x44" * FRAMES
    assert frames[2 * second + 4 :] == sound(1)[48:]
    held = office.world.client("s3").get_object(Bucket=office.world.names.buckets["call_recording"], Key=RECORDING)
    assert held["Body"].read() == sound(), "the original is untouched"
    [transcript] = [content.decode() for name, content in files.items() if name.endswith("_edited.txt")]
    assert "I am ill." in transcript
    assert "[another person's information removed]" in transcript


def _has_nothing_of_others(files: dict[str, bytes]) -> None:
    assert not any("his" in name.split("/")[-1].split("_")[0] for name in files)
    everything = b"".join(content for name, content in files.items() if not name.endswith(".wav")).decode()
    assert "He is too." not in everything
    assert "adviser.seven" not in everything
    index = files["index.html"].decode()
    assert "<script" not in index
    assert 'lang="en-GB"' in index
    assert "It is about another person, who did not agree." in index
    assert "it was no longer kept when you asked" in index
