"""An erasure is judged by what the stores have afterwards, byte for byte and version for version."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator.aws.account.account import EmbeddedAws
from simulator.aws.lambda_.function_url import decide_as
from simulator.scenarios.quiet_nights import quiet_world
from simulator.scenarios.results.rights import erasures_of
from simulator.scenarios.results.shapes import ErasureState
from tests.end_to_end.rights.lines import PHONE
from tests.end_to_end.stories import moment, recording_key

START = moment("2027-01-05T09:00:00")
NAME = "Lovelace"
ADDRESS = "3 Invented Lane"
PLANTED = (PHONE, PHONE[1:], NAME, ADDRESS)
NEIGHBOUR = b'{"ContactId":"neighbour", "InitiationTimestamp":"2026-12-05T09:00:00Z","odd":  "spacing \\u00e9"}\n'


class Town:
    """A council with one person's two calls, and what its people do about her request for erasure."""

    def __init__(self, world: EmbeddedAws) -> None:
        self.world = world
        self.request = "ERA-1"
        for contact_id, begun in (("one", "2026-12-05T10:00:00"), ("two", "2026-12-20T10:00:00")):
            self.call(contact_id, begun)
        self.later(hours=1)

    def call(self, contact_id: str, begun: str) -> None:
        key, bucket = recording_key(contact_id, begun), self.world.names.buckets["call_recording"]
        fields = {"StorageType": "S3", "MediaStreamType": "AUDIO", "ParticipantType": "AGENT", "Status": "AVAILABLE"}
        self.world.connect.contact(
            {
                "Id": contact_id,
                "Channel": "VOICE",
                "Name": f"Ada {NAME}",
                "InitiationTimestamp": moment(begun).isoformat(),
                "DisconnectTimestamp": (moment(begun) + timedelta(minutes=5)).isoformat(),
                "CustomerEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
                "Attributes": {"address": ADDRESS},
                "Recordings": [{**fields, "Location": f"{bucket}/{key}"}],
            }
        )
        self.world.s3.put_object(bucket, key, f"I am {NAME}".encode(), tags={})
        analysis = f"Analysis/Voice/2026/12/{begun[8:10]}/{contact_id}_analysis_{begun}Z.json"
        self.world.s3.put_object(bucket, analysis, json.dumps({"said": f"{NAME}, {ADDRESS}"}).encode(), tags={})
        self.record(contact_id, begun)

    def record(self, contact_id: str, begun: str, **fields: object) -> None:
        self.world.contact_record(
            {
                "ContactId": contact_id,
                "InitiationTimestamp": f"{begun}Z",
                "LastUpdateTimestamp": f"{begun}Z",
                "CustomerEndpoint": {"Address": PHONE, "Type": "TELEPHONE_NUMBER"},
                "Attributes": {"address": ADDRESS, "name": NAME},
                **fields,
            }
        )

    def beside_a_neighbour(self) -> str:
        """Put her line between others into one object, twice, so that an earlier version of it is there as well."""
        bucket, key = self.world.names.buckets["contact_record"], "contact-records/year=2026/month=12/shared.json.gz"
        hers = json.dumps({"ContactId": "one", "CustomerEndpoint": {"Address": PHONE}}).encode() + b"\n"
        for _ in range(2):
            self.world.s3.put_object(bucket, key, gzip.compress(NEIGHBOUR + hers + NEIGHBOUR), tags={})
        return key

    def later(self, **span: int) -> None:
        self.world.run_until(self.world.clock.now() + timedelta(**span))

    def ask(self) -> None:
        intake = json.dumps([{"type": "phone", "value": PHONE}]).encode()
        self.world.s3.put_object(self.world.names.buckets["rights"], "intake/ERA-1.json", intake, tags={})
        stated = {"right": "erasure", "intake_key": "intake/ERA-1.json", "identity": "confirmed"}
        detail = {"request": self.request, **stated, "requested_by": "olive"}
        self.tell("steward.rights", "Subject Request Received", detail)
        self.later(minutes=20)

    def tell(self, source: str, kind: str, detail: Mapping[str, object]) -> None:
        self.world.publish("steward", {"source": source, "detail-type": kind, "detail": dict(detail)})
        self.later(minutes=1)

    def hold(self, contact_id: str, case: str = "C-1") -> None:
        stated = {"case": case, "reason": "complaint", "received_on": "2027-01-04", "requested_by": "carl"}
        self.tell("steward.complaints", "Complaint Logged", {**stated, "contact_ids": [contact_id]})
        self.later(hours=1)

    def decide(self, by: str, subject: str, decision: str = "approve", **fields: object) -> dict[str, Any]:
        role, _, person = by.partition("/")
        told = {"subject": subject, "id": self.request, "decision": decision, **fields}
        answer: dict[str, Any] = decide_as(self.world, role, person, **told).decoded()
        self.later(minutes=3)
        return answer

    def matched(self) -> None:
        for one in ("one", "two"):
            said = self.decide("information-officer/mary", "match", contact_id=one, verdict="confirmed", why="by voice")
            assert said["status"] == "decided"

    def approve(self, by: str = "rights-approver/rob", plan: str = "") -> dict[str, Any]:
        return self.decide(by, "erasure", plan_sha256=plan)

    def neighbours(self, key: str) -> bool:
        """Tell whether the shared object is one version of the neighbour's lines, byte for byte."""
        bucket = self.world.names.buckets["contact_record"]
        return [body for name, body in self.bytes_of(bucket) if name == key] == [NEIGHBOUR + NEIGHBOUR]

    @property
    def erasure(self) -> ErasureState:
        [found] = erasures_of(self.world)
        return found

    def statuses(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for one in self.erasure.artefacts:
            found.setdefault(one.status, set()).add(one.store)
        return found

    def bytes_of(self, bucket: str) -> Iterator[tuple[str, bytes]]:
        """Return every version of every object of a bucket, unpacked."""
        storage = self.world.client("s3")
        for page in storage.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for one in page.get("Versions", []):
                body = storage.get_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])["Body"].read()
                yield one["Key"], gzip.decompress(body) if one["Key"].endswith(".gz") else body

    def places(self, *planted: str) -> set[str]:
        """Return the stores and tables in whose bytes, of whatever version, one of these still stands."""
        found = set[str]()
        storage = self.world.client("s3")
        for bucket in (one["Name"] for one in storage.list_buckets()["Buckets"]):
            name = next((store for store, other in self.world.names.buckets.items() if other == bucket), bucket)
            for key, body in self.bytes_of(bucket):
                if not key.startswith("intake/") and any(one.encode() in body for one in planted):
                    found.add(name)
        dynamodb = self.world.client("dynamodb")
        for table in dynamodb.list_tables()["TableNames"]:
            for page in dynamodb.get_paginator("scan").paginate(TableName=table):
                if any(one in json.dumps(page["Items"], default=str) for one in planted):
                    found.add(table)
        for contact_id in ("one", "two"):
            described = self.world.client("connect").describe_contact(
                InstanceId=self.world.connect.instance_id, ContactId=contact_id
            )["Contact"]
            if any(one in json.dumps(described, default=str) for one in planted):
                found.add(f"connect {contact_id}")
        return found


@pytest.fixture
def town(assembly: Path) -> Iterator[Town]:
    with quiet_world(assembly, START) as world:
        yield Town(world)


def test_everything_goes_that_two_people_agreed_on_and_every_other_line_stays_byte_for_byte(town: Town) -> None:
    key = town.beside_a_neighbour()
    town.ask()
    town.matched()
    assert town.erasure.status == "scoped"
    before = town.places(*PLANTED)
    assert before >= {"call_recording", "contact_record", "rights", "connect one", "connect two"}
    # A dry run: nothing went, and whoever matched does not approve.
    assert town.approve("information-officer/mary") == {"status": "refused", "reason": "role"}
    assert town.approve("rights-approver/mary") == {"status": "refused", "reason": "same_person"}
    assert town.approve(plan="0" * 64)["status"] == "refused"
    assert town.places(*PLANTED) == before
    assert town.approve() == {"status": "decided", "reason": ""}
    town.later(hours=2)
    assert town.places(*PLANTED) == set()
    assert town.erasure.status == "done"
    assert town.statuses().keys() == {"erased"}
    assert town.neighbours(key)
    assert town.world.dead_letters() == []
    # Connect sends the record once more: it is gone by the next morning, and that is told.
    town.record("one", "2026-12-05T10:00:00", LastUpdateTimestamp="2027-01-07T10:00:00Z")
    town.later(hours=1)
    assert town.places(*PLANTED) == {"contact_record"}
    town.later(days=1)
    assert town.places(*PLANTED) == set()
    assert any("came back" in (one.subject or "") for one in town.world.notifications)


def test_a_reference_with_her_name_goes_and_a_customer_number_is_never_called_erased(town: Town) -> None:
    noted = {"form": {"Type": "URL", "Value": f"https://forms.example/{NAME}"}}
    town.world.connect.contact({"Id": "one", "CustomerId": "crm-17", "References": noted})
    town.ask()
    town.matched()
    stays = {("one/CustomerId", "failed", "no_operation")}
    assert {(one.key, one.status, one.ground) for one in town.erasure.artefacts if "/CustomerId" in one.key} == stays
    town.approve()
    town.later(hours=2)
    asked = {"InstanceId": town.world.connect.instance_id, "ContactId": "one", "ReferenceTypes": ["URL"]}
    found = town.world.client("connect").list_contact_references(**asked)
    assert NAME not in json.dumps(found["ReferenceSummaryList"])
    assert (town.places(*PLANTED), town.erasure.status) == (set(), "done")
    assert town.statuses() == {"erased": town.statuses()["erased"], "failed": {"connect"}}
    [told] = [one.message for one in town.world.notifications if (one.subject or "").startswith("Erased")]
    # Her number at the council, and the name of the reference that was emptied.
    assert "2 cannot be shown to be gone" in told


def test_what_a_complaint_holds_waits_and_goes_by_itself_on_the_day_on_which_the_hold_ends(town: Town) -> None:
    town.hold("two")
    town.ask()
    town.matched()
    town.approve()
    town.later(hours=2)
    assert town.erasure.status == "done_in_part"
    assert town.places(*PLANTED) >= {"legal_hold", "connect two"}
    assert "connect one" not in town.places(*PLANTED)
    assert town.places(*PLANTED) == {"legal_hold", "connect two", "call_recording", "contact_record", "rights"}
    waiting = {(one.store, one.ground, str(one.until)) for one in town.erasure.artefacts if one.status == "deferred"}
    assert ("legal_hold", "hold") in {(store, ground) for store, ground, _ in waiting}
    assert {until for store, _, until in waiting if store == "contact_record"} == {"2028-07-04"}


def test_a_scope_keeps_what_it_names_with_its_ground_and_voids_what_was_seen_before(town: Town) -> None:
    town.ask()
    town.matched()
    [first] = {
        one.key
        for one in town.erasure.artefacts
        if one.store == "call_recording" and "Analysis" in one.key and "one" in one.key
    }
    officer = "information-officer/mary"
    assert town.decide(officer, "erasure_scope", artefacts=[{"key": "elsewhere", "ground": "legal_claims"}]) == {
        "status": "refused",
        "reason": "artefacts: 1 of them are not in the plan",
    }
    assert (
        town.decide(officer, "erasure_scope", artefacts=[{"key": first, "ground": "legal_claims"}])["status"]
        == "decided"
    )
    assert town.erasure.status == "decided"
    town.approve()
    town.later(hours=2)
    assert town.erasure.status == "done"
    refused = [(one.key, one.ground) for one in town.erasure.artefacts if one.status == "refused"]
    assert refused == [(first, "legal_claims")]
    assert town.places(*PLANTED) == {"call_recording"}


@pytest.mark.prove
def test_what_waited_for_a_hold_goes_in_the_night_after_it_and_that_is_told(town: Town) -> None:
    town.hold("two")
    town.ask()
    town.matched()
    town.approve()
    town.later(hours=2)
    town.world.run_until(moment("2028-07-06T12:00:00"))
    assert town.places(*PLANTED) == set()
    assert town.erasure.status == "done"
    told = [one.subject for one in town.world.notifications if (one.subject or "").startswith("Erased")]
    assert told == ["Erased in part: request ERA-1", "Erased: request ERA-1"]


def test_nothing_goes_while_the_switch_is_off_and_everything_once_it_is_on(town: Town) -> None:
    town.ask()
    town.matched()
    before = town.places(*PLANTED)
    parameters = town.world.client("ssm")
    [name] = [one["Name"] for one in parameters.describe_parameters()["Parameters"] if "switch" in one["Name"]]

    def switch(value: str) -> None:
        parameters.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)

    switch('{"mode":"dry_run","limit":1000}')
    town.approve()
    town.later(hours=2)
    assert town.places(*PLANTED) == before
    assert any("waits" in (one.subject or "") for one in town.world.notifications)
    # More than one run may remove is not begun with either.
    switch('{"mode":"on","limit":2}')
    town.later(days=1)
    assert town.places(*PLANTED) == before
    switch('{"mode":"on","limit":1000}')
    town.later(days=1)
    assert town.places(*PLANTED) == set()
    assert town.erasure.status == "done"


def test_what_is_rejected_after_the_approval_does_not_go(town: Town) -> None:
    town.ask()
    town.matched()
    before = town.places(*PLANTED)
    parameters = town.world.client("ssm")
    [name] = [one["Name"] for one in parameters.describe_parameters()["Parameters"] if "switch" in one["Name"]]
    parameters.put_parameter(Name=name, Value='{"mode":"dry_run","limit":1000}', Type="String", Overwrite=True)
    town.approve()
    town.later(hours=2)
    # Nothing went yet. One contact is another person's after all, and then the whole of it is stopped.
    officer = "information-officer/mary"
    town.decide(officer, "match", contact_id="two", verdict="rejected", why="another voice")
    stopped = town.decide("rights-approver/rob", "erasure", "reject", why="asked again")
    assert stopped == {"status": "decided", "reason": ""}
    parameters.put_parameter(Name=name, Value='{"mode":"on","limit":1000}', Type="String", Overwrite=True)
    town.later(days=2)
    assert town.places(*PLANTED) == before
    assert town.erasure.status == "scoped"
    # What was planned anew goes once somebody agrees anew, and the other person's stays.
    assert town.approve() == {"status": "decided", "reason": ""}
    town.later(days=1)
    assert town.places(*PLANTED) >= {"call_recording", "contact_record", "connect two"}
    assert "connect one" not in town.places(*PLANTED)
    assert town.erasure.status == "done"


def test_a_register_that_was_restored_to_before_the_erasure_is_told_anew_by_the_ledger(town: Town) -> None:
    town.ask()
    town.matched()
    town.approve()
    town.later(hours=2)
    table, dynamodb = town.world.names.tables["RightsRequests"], town.world.client("dynamodb")
    rows = dynamodb.scan(TableName=table)["Items"]
    for row in rows:
        if row["pk"]["S"].startswith("ERASURE#"):
            dynamodb.delete_item(TableName=table, Key={name: row[name] for name in ("pk", "sk")})
    town.record("two", "2026-12-20T10:00:00")
    town.later(hours=1)
    assert town.places(*PLANTED) == {"contact_record"}
    town.world.run("replay_erasures", {})
    town.later(hours=3)
    assert town.places(*PLANTED) == set()
    assert town.erasure.status == "done"
