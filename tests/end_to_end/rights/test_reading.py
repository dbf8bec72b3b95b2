"""Who read what for which request, through the deployed templates of a council that promises it and keeps a trail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest

from infra.config import ROOT, Deployment, cdk_context, choose
from infra.refusal import RefusalError
from infra.synthesis import synthesize
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.cloudwatch import Watching
from simulator.scenarios.quiet_nights import quiet_world
from tests.end_to_end.stories import moment
from tests.support.trail import delivered, read, session

START = moment("2027-01-04T09:00:00")
P = "local-steward-"
RECORDING = "c-1/call_recording/x.wav"


@pytest.fixture(scope="module")
def assembly_with_trail(tmp_path_factory: pytest.TempPathFactory) -> Path:
    local = choose(cdk_context())
    environment = msgspec.structs.replace(local.environment, read_trail=True)
    return synthesize(
        Deployment(name=local.name, environment=environment),
        ROOT / "policies" / "somerset.toml",
        tmp_path_factory.mktemp("with-trail"),
    )


@pytest.fixture(scope="module")
def world(assembly_with_trail: Path) -> Iterator[EmbeddedAws]:
    with quiet_world(assembly_with_trail, START) as world:
        yield world


def physical(world: EmbeddedAws, logical: str) -> str:
    [found] = [str(one.identity.ref) for one in world.resources if one.declaration.logical_id == logical]
    return found


def deliver(world: EmbeddedAws, day: date, *records: dict[str, Any]) -> None:
    for key, body in delivered(day, records).items():
        world.s3.put_object(physical(world, "ReadTrailBucket"), key, body, tags={})


def test_a_read_at_night_without_a_request_is_named_told_and_alarmed(world: EmbeddedAws) -> None:
    watching, held = Watching(world), world.names.buckets["legal_hold"]
    opened = {
        "request": "SAR-1",
        "right": "access",
        "received_on": "2027-01-04",
        "channel": "letter",
        "intake_key": "intake/SAR-1.json",
        "identity": "confirmed",
    }
    event = {"source": "steward.rights", "detail-type": "Subject Request Received", "detail": opened}
    world.publish("steward", event)
    deliver(
        world,
        date(2027, 1, 4),
        read(session(f"{P}data-protection-officer", "zoe"), "2027-01-04T02:13:00Z", held, RECORDING),
        read(
            session(f"{P}information-officer", "mary"),
            "2027-01-04T10:00:00Z",
            world.names.buckets["rights"],
            "requests/SAR-1/records/c-1.json",
        ),
    )
    world.run_until(START + timedelta(hours=22))

    subjects = [one.subject for one in world.notifications]
    assert subjects.count("Somebody read something without a reason on record") == 1
    assert "A day of the trail is missing" not in subjects
    assert not [one for one in world.notifications if "zoe" in one.message]
    assert "AccessUnexplainedAlarm" in watching.raised(START)
    with world.permissions.acting_as("AccessAuditorRole"):
        storage: Any = boto3.client("s3")
        bucket = world.names.buckets["rights"]
        day = json.loads(storage.get_object(Bucket=bucket, Key="reads/2027/01/04.json")["Body"].read())
        page = storage.get_object(Bucket=bucket, Key="reads/2027-01.html")["Body"].read().decode()
    assert [(one["person"], one["reason"]) for one in day["entries"]] == [("zoe", ""), ("mary", "request SAR-1")]
    assert "zoe" in page
    assert "neither S3 nor CloudTrail names the person who listened" in page


def test_a_day_of_which_nothing_was_delivered_is_not_taken_for_calm(world: EmbeddedAws) -> None:
    watching, began = Watching(world), world.clock.now()
    world.run_until(began + timedelta(days=1))
    assert [one.subject for one in world.notifications].count("A day of the trail is missing") == 1
    assert "AccessDayMissingAlarm" in watching.raised(began)


def test_a_night_that_did_not_run_is_made_up_by_the_next_one(world: EmbeddedAws) -> None:
    missed = world.clock.now().date()
    for day in (missed, missed + timedelta(days=1)):
        deliver(world, day)
    bucket = world.names.buckets["rights"]
    storage: Any = boto3.client("s3")
    world.run_until(world.clock.now() + timedelta(days=1))
    # As if that night had not ended: its report is not there when the next one runs.
    storage.delete_object(Bucket=bucket, Key=f"reads/{missed:%Y/%m/%d}.json")
    world.run_until(world.clock.now() + timedelta(days=1))
    with world.permissions.acting_as("AccessAuditorRole"):
        day = json.loads(storage.get_object(Bucket=bucket, Key=f"reads/{missed:%Y/%m/%d}.json")["Body"].read())
        page = storage.get_object(Bucket=bucket, Key=f"reads/{missed:%Y-%m}.html")["Body"].read().decode()
    assert (day["missing"], day["made_up_on"]) == ([], f"{missed + timedelta(days=2)}")
    assert "Reported late" in page
    assert [one.subject for one in world.notifications].count("Days without a report of reads were made up") == 1


def test_the_trail_sees_reads_of_held_copies_and_of_requests_and_nothing_else(assembly_with_trail: Path) -> None:
    resources = {
        name: one
        for template in assembly_with_trail.glob("*.template.json")
        for name, one in json.loads(template.read_text())["Resources"].items()
    }
    [trail] = [one["Properties"] for one in resources.values() if one["Type"] == "AWS::CloudTrail::Trail"]
    assert trail["EnableLogFileValidation"] is True
    [selector] = trail["AdvancedEventSelectors"]
    fields = {one["Field"]: one for one in selector["FieldSelectors"]}
    assert fields["readOnly"]["Equals"] == ["true"]
    assert "LegalHoldBucket" in str(fields["resources.ARN"]["StartsWith"])
    assert "RightsBucket" in str(fields["resources.ARN"]["StartsWith"])
    assert len(fields["resources.ARN"]["StartsWith"]) == 2


def test_a_policy_that_promises_it_is_not_deployed_for_good_without_the_trail(tmp_path: Path) -> None:
    local = choose(cdk_context())
    environment = msgspec.structs.replace(local.environment, protected=True)
    with pytest.raises(RefusalError, match="read_trail = true"):
        synthesize(Deployment(name=local.name, environment=environment), ROOT / "policies" / "somerset.toml", tmp_path)
