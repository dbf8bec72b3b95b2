"""What is granted around applications, which the policy of the tour does not keep: each right is seen in use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from infra.synthesis import cached_synthesis
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.iam.coverage import unused
from simulator.aws.lambda_.function_url import decide_as
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.stories import moment

POLICIES = ("RecordApplicationRights", "RetireApplicationsRights", "ApplicationsOfficerRights")
APPLIED: dict[str, object] = {
    "application": "BB-1",
    "scheme": "blue_badge",
    "received_on": "2024-01-07",
    "contact_ids": ["c-1"],
    "object_key": "2027/BB-1.pdf",
}


def tell(world: EmbeddedAws, source: str, kind: str, detail: Mapping[str, object]) -> None:
    [bus] = [str(one.identity.ref) for one in world.resources if one.declaration.type == "AWS::Events::EventBus"]
    entry: Any = {"EventBusName": bus, "Source": source, "DetailType": kind, "Detail": json.dumps(dict(detail))}
    boto3.client("events").describe_event_bus(Name=bus)
    boto3.client("events").put_events(Entries=[entry])


def test_nothing_around_applications_is_granted_in_vain() -> None:
    assembly = cached_synthesis(Path("policies/rhondda-cynon-taf.toml"))
    with quiet_world(assembly, moment("2027-01-05T09:00:00")) as world:
        bucket = world.names.buckets["application_information"]
        recording = {"Id": "c-1", "Channel": "VOICE", "InitiationTimestamp": "2027-01-05T08:00:00+00:00"}
        world.connect.contact({**recording, "DisconnectTimestamp": "2027-01-05T08:05:00+00:00", "Recordings": []})
        with world.permissions.acting_as("ApplicationsOfficerRole"):
            boto3.client("s3").put_object(Bucket=bucket, Key="2027/BB-1.pdf", Body=b"of somebody")
            boto3.client("s3").get_object(Bucket=bucket, Key="2027/BB-1.pdf")
            absent = {**APPLIED, "application": "BB-2", "object_key": "2027/none.pdf"}
            tell(world, "steward.rights", "Application Recorded", absent)
            tell(world, "steward.rights", "Application Recorded", {**APPLIED})
        held = {"case": "C-1", "reason": "complaint", "stage": "1", "received_on": "2027-01-05", "requested_by": "ann"}
        with world.permissions.acting_as("ComplaintsOfficerRole"):
            tell(world, "steward.complaints", "Complaint Logged", {**held, "contact_ids": ["c-1"]})
        # Due in the night of the 7th, and kept by the hold until that was released and its days of grace are over.
        world.run_until(moment("2027-01-08T12:00:00"))
        decide_as(world, "release-officer", "ann", subject="release", id="C-1", decision="request", why="withdrawn")
        decide_as(world, "release-approver", "ben", subject="release", id="C-1", decision="approve")
        storage = world.client("s3")
        assert storage.list_object_versions(Bucket=bucket).get("Versions")
        world.run_until(moment("2027-01-18T12:00:00"))

        left = storage.list_object_versions(Bucket=bucket)
        assert not [*left.get("Versions", []), *left.get("DeleteMarkers", [])]
        parts = [str(one) for one in unused(world.permissions.policies, world.permissions.needs)]
        assert [one for one in parts if one.startswith(POLICIES)] == []
        assert [str(one) for one in world.permissions.refused] == []
