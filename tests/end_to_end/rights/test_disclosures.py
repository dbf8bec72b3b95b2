"""Others ask for records: refused by what they lack, decided by somebody else, handed over for minutes."""

from __future__ import annotations

import hashlib
import io
import json
import urllib.parse
import wave
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.function_url import decide_as, post, staff_prefix
from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.results.rights import TABLE, disclosures_of
from simulator.scenarios.results.shapes import DisclosureState
from steward.ids import ContactId
from steward.rights.disclosing.adapters.table import DynamoDisclosures
from steward.rights.disclosing.register import DisclosureId
from tests.end_to_end.stories import moment, recording_key

START = moment("2027-01-05T09:00:00")
FRAMES = 8000
BEGUN = "2027-01-04T10:00:00"
RECORDING = recording_key("c-1", BEGUN)
POLICE = {
    "kind": "police",
    "contact_ids": ["c-1"],
    "requested_by": "dora",
    "form_key": "forms/D-1-form.pdf",
    "force": "Metropolitan Police",
    "officer": "PC 1234",
    "authoriser": "inspector",
    "offence": "threats to kill",
    "basis": "crime_and_taxation",
    "criminal_matter": "yes",
    "victim": "no",
}
OFFICER, DECIDER = "disclosure-officer/dan", "data-protection-officer/zoe"
SILENT = {"tell_person": False, "ground": "crime_or_taxation", "review_on": "2027-01-25"}


def sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((2, 2, FRAMES, 0, "NONE", ""))
        file.writeframes(b"\x11\x22\x33\x44" * FRAMES * 3)
    return out.getvalue()


class Desk:
    """A council with a recorded call of yesterday, and whoever asks for it."""

    def __init__(self, world: EmbeddedAws) -> None:
        self.world = world
        for contact_id in ("c-1", "c-2"):
            self.call(contact_id)

    def call(self, contact_id: str) -> None:
        key = recording_key(contact_id, BEGUN)
        bucket = self.world.names.buckets["call_recording"]
        self.world.connect.contact(
            {
                "Id": contact_id,
                "Channel": "VOICE",
                "InitiationTimestamp": moment(BEGUN).isoformat(),
                "DisconnectTimestamp": (moment(BEGUN) + timedelta(minutes=5)).isoformat(),
                "Recordings": [
                    {
                        "StorageType": "S3",
                        "MediaStreamType": "AUDIO",
                        "ParticipantType": "AGENT",
                        "Status": "AVAILABLE",
                        "Location": f"{bucket}/{key}",
                    }
                ],
            }
        )
        self.world.s3.put_object(bucket, key, sound(), tags={})

    def later(self, **span: float) -> None:
        self.world.run_until(self.world.clock.now() + timedelta(**span))

    def form(self, key: str = "forms/D-1-form.pdf") -> None:
        self.world.s3.put_object(self.world.names.buckets["rights"], key, b"signed", tags={})

    def tell(self, detail_type: str, **detail: object) -> None:
        about = {"disclosure": "D-1", **detail}
        event = {"source": "steward.rights", "detail-type": detail_type, "detail": about}
        self.world.publish("steward", event)
        self.later(minutes=1)

    def decide(self, by: str, decision: str, disclosure: str = "D-1", **fields: object) -> dict[str, Any]:
        role, _, person = by.partition("/")
        told = {"subject": "disclosure", "id": disclosure, "decision": decision, "why": "decided case by case"}
        answer: dict[str, Any] = decide_as(self.world, role, person, **{**told, **fields}).decoded()
        self.later(minutes=1)
        return answer

    def link(self, disclosure: str = "D-1", role: str = "disclosure-officer", **fields: object) -> dict[str, Any]:
        body = json.dumps({"disclosure": disclosure, **fields})
        answer: dict[str, Any] = post(
            self.world, "hand_over", role=f"{staff_prefix(self.world)}{role}", session="dan", body=body
        ).decoded()
        return answer

    def state(self, disclosure: str = "D-1") -> DisclosureState:
        return next(one for one in disclosures_of(self.world) if one.disclosure == disclosure)

    def copy(self, disclosure: str = "D-1") -> dict[str, bytes]:
        bucket, s3 = self.world.names.buckets["rights"], self.world.client("s3")
        [found] = s3.list_objects_v2(Bucket=bucket, Prefix=f"disclosures/{disclosure}/")["Contents"]
        body = s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def told(self) -> list[str]:
        return [one.subject or "" for one in self.world.notifications]


@pytest.fixture
def desk(assembly: Path) -> Iterator[Desk]:
    with quiet_world(assembly, START) as world:
        yield Desk(world)


def test_a_request_of_the_police_from_its_refusal_to_its_end(desk: Desk) -> None:
    # An e-mail that asks for "all calls of this man" is refused with the list of what is missing.
    desk.tell("Disclosure Requested", kind="police", requested_by="dora")
    lacking = ["contact_ids", "form_key", "force", "officer", "authoriser", "offence", "basis"]
    assert desk.state().status == "refused"
    assert desk.state().refused_because == [*lacking, "criminal_matter", "victim"]
    assert "Nothing is given: disclosure D-1" in desk.told
    # A form that nobody handed in is missing too.
    desk.tell("Disclosure Requested", **POLICE)
    assert desk.state().refused_because == ["form_key"]
    desk.form()
    desk.tell("Disclosure Requested", **POLICE)
    assert desk.state().status == "asked"

    # Proposed by an officer, minimised; a file of another contact is none of it, and no officer decides.
    cut = {"file": RECORDING, "cuts": [{"from_ms": 1000, "to_ms": 2000}]}
    fields: dict[str, Any] = {"files": [cut], "expires_on": "2027-01-20", **SILENT}
    other = {**fields, "files": [recording_key("c-2", BEGUN)]}
    assert desk.decide(OFFICER, "request", **other)["status"] == "refused"
    assert desk.decide(OFFICER, "request", **fields)["status"] == "asked"
    assert desk.decide("disclosure-officer/eve", "approve")["reason"] == "role"
    for person in ("dan", "DORA"):
        assert desk.decide(f"data-protection-officer/{person}", "approve")["reason"] == "same_person"
    assert desk.link()["status"] == "refused"
    assert desk.decide(DECIDER, "approve")["status"] == "decided"
    assert desk.state().status == "granted"

    # What went out has a digest in the register, and silence where something was cut.
    copy = desk.copy()
    [given] = desk.state().files
    assert given.source_key == RECORDING
    assert hashlib.sha256(copy["01_call_recording_edited.wav"]).hexdigest() == given.sha256
    with wave.open(io.BytesIO(copy["01_call_recording_edited.wav"])) as audio:
        frames = audio.readframes(audio.getnframes())
    assert set(frames[FRAMES * 4 + 8 : FRAMES * 8 - 8]) == {0}
    assert frames[: FRAMES * 4 - 8] == (b"\x11\x22\x33\x44" * FRAMES)[:-8]

    assert desk.link(role="information-officer")["reason"] == "role"
    first = desk.link()
    assert first["status"] == "given"
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(first["link"]).query)["X-Amz-Expires"] == ["900"]
    assert desk.link()["status"] == "refused"
    assert desk.link(why="the first ran out")["count"] == 2
    desk.tell("Disclosure Handed Over", route="secure_mail")
    assert desk.state().status == "handed_over"

    desk.later(days=17)
    assert desk.state().status == "expired"
    assert desk.link(why="once more")["reason"] == "disclosure: has expired"
    listed = desk.world.client("s3").list_object_versions(
        Bucket=desk.world.names.buckets["rights"], Prefix="disclosures/"
    )
    assert not [*listed.get("Versions", []), *listed.get("DeleteMarkers", [])]
    # Silence is looked at again on its day, and stays until somebody decides otherwise.
    desk.later(days=6)
    assert "May the person be told? Disclosure D-1" in desk.told
    assert desk.decide(OFFICER, "request", tell_person=True)["status"] == "asked"
    assert desk.decide(DECIDER, "approve")["status"] == "decided"
    # Both refusals lie there as messages too, as far as they carry no words of anybody's.
    assert ["D-1" in one.body and "dora" in one.body for one in desk.world.dead_letters()] == [True, True]


def test_an_authority_that_expired_gives_nothing_any_more(desk: Desk) -> None:
    daughter = {"kind": "representative", "contact_ids": ["c-1"], "requested_by": "dora"}
    desk.tell("Disclosure Requested", **daughter)
    assert desk.state().refused_because == ["authority", "evidence_seen_on", "until", "scope"]
    shown = {"authority": "power of attorney", "evidence_seen_on": "2027-01-05", "until": "2027-01-12", "scope": "all"}
    desk.tell("Disclosure Requested", **daughter, **shown)
    fields: dict[str, Any] = {"files": [RECORDING], "expires_on": "2027-01-30", "tell_person": True}
    assert desk.decide(OFFICER, "request", **fields)["status"] == "asked"
    assert desk.decide(DECIDER, "approve", **fields)["status"] == "decided"
    assert desk.state().status == "granted"
    desk.later(days=9)
    assert desk.link()["reason"].startswith("until: ")
    desk.tell("Disclosure Handed Over")
    assert desk.state().status == "granted"
    assert "Refused: disclosure D-1" in desk.told


def test_an_emergency_gives_at_once_and_its_papers_are_asked_for(desk: Desk) -> None:
    danger = {
        "kind": "emergency",
        "contact_ids": ["c-1"],
        "requested_by": "dora",
        "person_at_risk": "Mr A N Other of +441632960123",
        "decided_by": "duty.manager",
        "decided_at": "2027-01-05",
    }
    desk.tell("Disclosure Requested", **danger)
    assert desk.state().status == "granted"
    assert [one.source_key for one in desk.state().files] == [RECORDING]
    assert "An emergency: disclosure D-1" in desk.told
    assert desk.link()["status"] == "given"
    desk.tell("Disclosure Handed Over", route="telephone")
    # The next working day is the 6th; nothing is overdue on it, and everything after it.
    desk.world.run_until(moment("2027-01-06T23:00:00"))
    assert "Papers are overdue: disclosure D-1" not in desk.told
    desk.world.run_until(moment("2027-01-07T06:00:00"))
    assert "Papers are overdue: disclosure D-1" in desk.told
    # Papers that lack something stay due; those that do not end it.
    desk.form()
    desk.tell("Disclosure Requested", **danger, form_key="forms/D-1-form.pdf", basis="vital interests")
    asked = desk.told.count("Papers are overdue: disclosure D-1")
    desk.later(days=1)
    assert desk.told.count("Papers are overdue: disclosure D-1") > asked
    papers = {"form_key": "forms/D-1-form.pdf", "basis": "vital interests", "authoriser": "watch manager"}
    desk.tell("Disclosure Requested", **danger, **papers)
    asked = desk.told.count("Papers are overdue: disclosure D-1")
    desk.later(days=3)
    assert desk.told.count("Papers are overdue: disclosure D-1") == asked


@pytest.mark.parametrize(
    ("council", "asked"),
    [
        (
            "powys",
            {"agency": ["kind"], "fraud_team": ["kind"], "representative": ["kind"], "complaint_service": ["case"]},
        ),
        ("rhondda-cynon-taf", {"care_body": ["kind"], "neighbour": ["kind"]}),
    ],
)
def test_whoever_is_not_on_the_councils_own_list_is_refused(council: str, asked: dict[str, list[str]]) -> None:
    with quiet_world(cached_synthesis(Path(f"policies/{council}.toml")), START) as world:
        desk = Desk(world)
        for kind, lacks in asked.items():
            # No complaint of that reference holds the contact.
            about = {"contact_ids": ["c-1"], "requested_by": "dora", "case": "CMP-1"}
            desk.tell("Disclosure Requested", kind=kind, **about, disclosure=f"D-{kind}")
            state = desk.state(f"D-{kind}")
            assert (state.status, state.refused_because) == ("refused", lacks), kind


def test_what_was_proposed_is_granted_no_more_once_its_time_is_over(desk: Desk) -> None:
    desk.form()
    desk.tell("Disclosure Requested", **POLICE)
    fields: dict[str, Any] = {"files": [RECORDING], "expires_on": "2027-01-07", **SILENT}
    assert desk.decide(OFFICER, "request", **fields)["status"] == "asked"
    desk.later(days=3)
    assert desk.decide(DECIDER, "approve")["reason"].startswith("expires_on: ")
    assert desk.state().status == "asked"


def test_nothing_is_granted_but_what_an_officer_signed_and_nobody_grants_their_own(desk: Desk) -> None:
    desk.form()
    desk.tell("Disclosure Requested", **POLICE)
    fields: dict[str, Any] = {"files": [RECORDING], "expires_on": "2027-01-20", **SILENT}
    # Whom the request names is typed by whoever sends it: a decider alone grants nothing.
    assert desk.decide(DECIDER, "approve", **fields)["reason"].startswith("proposal: ")
    assert desk.decide(OFFICER, "request", **fields)["status"] == "asked"
    # What stands is what is decided about: it can be said again, and not changed.
    wider: dict[str, Any]
    for wider in ({"expires_on": "2027-01-25"}, {"tell_person": True}):
        assert desk.decide(DECIDER, "approve", **wider)["reason"].startswith(f"{next(iter(wider))}: is not what was")
    cut = [{"file": RECORDING, "cuts": [{"from_ms": 0, "to_ms": 100}]}]
    assert desk.decide(DECIDER, "approve", files=cut)["reason"].startswith("files: is not what was")
    assert desk.decide(DECIDER, "approve", proposal="another")["reason"].startswith("proposal: is not the one")
    assert desk.state().status == "asked"
    # Who proposed it once does not decide, although somebody else proposed it again.
    assert desk.decide("disclosure-officer/zoe", "request", **fields)["status"] == "asked"
    assert desk.decide("disclosure-officer/dan", "request", **fields)["status"] == "asked"
    assert desk.decide(DECIDER, "approve")["reason"] == "same_person"
    assert desk.decide("data-protection-officer/yves", "approve", files=[RECORDING])["status"] == "decided"
    assert desk.state().status == "granted"


def test_a_refusal_by_a_person_stays_on_record_when_the_same_is_asked_again(desk: Desk) -> None:
    desk.tell("Disclosure Requested", **POLICE)
    desk.form()
    desk.tell("Disclosure Requested", **POLICE)
    assert desk.decide(DECIDER, "reject")["status"] == "decided"
    desk.tell("Disclosure Requested", **{**POLICE, "contact_ids": ["c-2"]})
    assert desk.told.count("Refused: disclosure D-1") == 1
    desk.tell("Disclosure Requested", **POLICE)
    assert desk.state().status == "asked"
    known = DynamoDisclosures(desk.world.names.tables[TABLE]).find(DisclosureId("D-1"))
    assert known
    assert [(one.because, one.by) for one in known.disclosure.refusals] == [(("form_key",), ""), (("rejected",), "zoe")]
    # Whoever decides next is told of it.
    fields: dict[str, Any] = {"files": [RECORDING], "expires_on": "2027-01-20", **SILENT}
    assert desk.decide(OFFICER, "request", **fields)["status"] == "asked"
    [told] = [one for one in desk.world.notifications if one.subject == "Waits for a decision: disclosure D-1"]
    assert "Somebody refused it before, on 05 January 2027." in told.message


def test_nothing_of_a_disclosure_outlives_the_months_of_the_register(desk: Desk) -> None:
    desk.form()
    desk.tell("Disclosure Requested", **POLICE)
    table, dynamodb = desk.world.names.tables[TABLE], desk.world.client("dynamodb")
    assert {row["sk"]["S"].partition("#")[0] for row in dynamodb.scan(TableName=table)["Items"]} == {
        *("META", "EVENT", "DISCLOSURE")
    }
    register = DynamoDisclosures(table)
    known = register.find(DisclosureId("D-1"))
    assert known
    cleared = replace(known.disclosure, cleared_at=desk.world.clock.now())
    register.save(known.disclosure, cleared)
    rows = dynamodb.scan(TableName=table)["Items"]
    assert len(rows) == 3
    assert {row["expires_at"]["N"] for row in rows} == {str(int(desk.world.clock.now().timestamp()))}


def test_what_is_asked_for_again_before_it_is_proposed_is_listed_again(desk: Desk) -> None:
    desk.form()
    desk.tell("Disclosure Requested", **{**POLICE, "contact_ids": ["c-1", "c-3"]})
    fields: dict[str, Any] = {"files": [recording_key("c-3", BEGUN)], "expires_on": "2027-01-20", **SILENT}
    assert desk.decide(OFFICER, "request", **fields)["status"] == "refused"
    desk.call("c-3")
    desk.tell("Disclosure Requested", **{**POLICE, "contact_ids": ["c-1", "c-3"]})
    assert desk.decide(OFFICER, "request", **fields)["status"] == "asked"


def test_a_contact_that_was_asked_for_by_mistake_is_not_said_to_have_been_given(desk: Desk) -> None:
    desk.tell("Disclosure Requested", **{**POLICE, "contact_ids": ["c-2"]})
    desk.form()
    desk.tell("Disclosure Requested", **POLICE)
    register = DynamoDisclosures(desk.world.names.tables[TABLE])
    assert [one.id for one in register.about(ContactId("c-1"))] == ["D-1"]
    assert register.about(ContactId("c-2")) == ()


def test_nobody_states_a_decision_on_the_bus(desk: Desk) -> None:
    """``decide`` alone may put it: the bus denies it to everybody else (tests of the bus); here the two-person rule."""
    desk.form()
    desk.tell("Disclosure Requested", **POLICE)
    fields = {"files": [RECORDING], "expires_on": "2027-01-20", **SILENT}
    desk.tell("Disclosure Decided", decision="approve", by="dora", proposal="1", **fields)
    assert desk.state().status == "asked"
