"""Rectification through deployed functions: kept with the contact, put right in Connect, shown in a later package."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.rights.lines import PHONE
from tests.end_to_end.rights.office import START, Office, sound
from tests.end_to_end.stories import recording_key

RECORDING = recording_key("hers", "2026-12-05T10:00:00")
STATEMENT = "I said flat 14, not 40."


@pytest.fixture
def office(assembly: Path) -> Iterator[Office]:
    with quiet_world(assembly, START) as world:
        yield Office(world)


def hand_in(office: Office, key: str, stated: object) -> None:
    office.world.s3.put_object(office.world.names.buckets["rights"], key, json.dumps(stated).encode(), tags={})


def test_what_a_person_says_of_a_contact_stands_in_a_later_package_and_attributes_are_put_right(office: Office) -> None:
    hand_in(office, "intake/REC-1.json", [{"type": "phone", "value": PHONE}])
    asked = {"right": "rectification", "intake_key": "intake/REC-1.json", "identity": "confirmed"}
    office.tell("Subject Request Received", request="REC-1", requested_by="olive", **asked)
    office.later(hours=1)
    told = {"contact_id": "hers", "verdict": "confirmed", "why": "known by voice"}
    assert office.decide("information-officer/mary", "match", "approve", id="REC-1", **told)["status"] == "decided"
    hand_in(office, "intake/REC-1-hers.json", {"statement": STATEMENT, "attributes": {"topic": "council tax"}})
    corrected = {"contact_id": "hers", "object_key": "intake/REC-1-hers.json", "requested_by": "mary"}
    office.tell("Contact Corrected", request="REC-1", **corrected)
    office.later(minutes=5)
    connect = office.world.client("connect")
    instance = office.world.names.instance_arn.rpartition("/")[2]
    found = connect.get_contact_attributes(InstanceId=instance, InitialContactId="hers")["Attributes"]
    assert found["topic"] == "council tax"
    office.tell("Request Closed", request="REC-1", outcome="answered")

    office.later(days=1)
    office.ask()
    for contact_id, verdict in (("hers", "confirmed"), ("old", "rejected"), ("his", "rejected")):
        office.match(contact_id, verdict)
    office.later(minutes=40)
    office.review(RECORDING, "whole")
    office.review("hers_analysis_2026-12-05T10:00:00Z.json", "whole")
    office.later(minutes=10)
    files = office.unzipped()
    assert STATEMENT in files["index.html"].decode()
    assert STATEMENT in files["index.csv"].decode("utf-8-sig")
    [recording] = [body for name, body in files.items() if name.endswith(".wav")]
    assert recording == sound(), "a recording is what was said"
    assert not [one for one in office.world.notifications if STATEMENT in one.message]
    assert [letter.queue for letter in office.world.dead_letters()] == []
