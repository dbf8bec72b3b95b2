"""Card data in a recording that two cases hold, removed on the deployed stores by the command itself."""

from __future__ import annotations

from unittest.mock import patch

import click
import pytest
from click.testing import CliRunner

from cli.erase_card_data import Names, erase_card_data
from simulator.aws.account.account import EmbeddedAws
from simulator.scenarios.results.register import read_register
from tests.end_to_end.payments.calls import Calls

pytestmark = pytest.mark.usefixtures("calls")


def held_recording(world: EmbeddedAws) -> tuple[str, str, str]:
    """Return contact, bucket and key of a recording that two complaints hold."""
    calls = Calls(world)
    contact_id, bucket = calls.ids[0], world.names.buckets["call_recording"]
    key = f"connect/barnet/CallRecordings/2027/01/12/{contact_id}_20270112T10:00_UTC.wav"
    location = {
        "StorageType": "S3",
        "Location": f"{bucket}/{key}",
        "MediaStreamType": "AUDIO",
        "ParticipantType": "AGENT",
        "Status": "AVAILABLE",
    }
    calls.end()
    world.connect.contact({"Id": contact_id, "Recordings": [location]})
    world.s3.put_object(bucket, key, 4800)
    for case in ("Q-1", "Q-2"):
        detail = {
            "case": case,
            "reason": "complaint",
            "stage": "1",
            "received_on": "2027-01-12",
            "contact_ids": [contact_id],
            "requested_by": "officer.1",
        }
        world.publish("steward", {"source": "steward.complaints", "detail-type": "Complaint Logged", "detail": detail})
    calls.later(minutes=30)
    return contact_id, bucket, key


def run(world: EmbeddedAws, *arguments: str) -> tuple[int, str]:
    """Run the command and return what it returned and said."""
    [table] = [name for logical, name in world.names.tables.items() if logical.startswith("Register")]
    [queue] = [name for logical, name in world.names.queues.items() if logical.endswith("HoldRequestsQueue")]
    names = Names(register_table=table, hold_bucket=world.names.buckets["legal_hold"], hold_queue_url=queue)
    # The embedded AWS has no stacks to find names in.
    with patch("cli.erase_card_data.names_of", return_value=names):
        result = CliRunner().invoke(erase_card_data, arguments, standalone_mode=False)
    if result.exception:
        raise result.exception
    return int(result.return_value), result.output


def versions(world: EmbeddedAws, bucket: str, key: str) -> list[str]:
    found = world.client("s3").list_object_versions(Bucket=bucket)
    every = [*found.get("Versions", []), *found.get("DeleteMarkers", [])]
    return [one["VersionId"] for one in every if one["Key"].endswith(key)]


def test_card_data_goes_with_its_copy_and_both_holds_say_so(world: EmbeddedAws) -> None:
    contact_id, bucket, key = held_recording(world)
    holds = world.names.buckets["legal_hold"]
    people = ("--requested-by", "officer.1", "--approved-by", "officer.2")

    listed = run(world, contact_id, f"s3://{bucket}/{key}", *people)
    assert listed[0] == 0
    assert "Q-1, Q-2" in listed[1]
    assert len(versions(world, bucket, key)) == len(versions(world, holds, key)) == 1

    removed = run(world, contact_id, f"s3://{bucket}/{key}", *people, "--remove")
    Calls(world).later(minutes=30)

    assert removed[0] == 0
    assert versions(world, bucket, key) == versions(world, holds, key) == []
    mine = [hold for hold in read_register(world).holds if hold.contact_id == contact_id]
    assert [hold.case for hold in mine] == ["Q-1", "Q-2"]
    for hold in mine:
        assert hold.status == "partial"
        assert ["card data" in one.why for one in hold.missing if one.source_key == key] == [True]


def test_what_is_not_there_is_said(world: EmbeddedAws) -> None:
    bucket = world.names.buckets["call_recording"]

    code, said = run(world, "c-0", f"{bucket}/no.wav", "--requested-by", "officer.1", "--approved-by", "officer.2")

    assert code == 1
    assert said == "There is no version of these objects, and no hold has a copy.\n"


@pytest.mark.parametrize(
    ("location", "approved_by", "says"),
    [("s3://bucket", "officer.2", "not s3://bucket/key"), ("bucket/key", "officer.1", "somebody else")],
)
def test_a_wrong_removal_is_one_line(world: EmbeddedAws, location: str, approved_by: str, says: str) -> None:
    with pytest.raises(click.ClickException, match=says):
        run(world, "c-0", location, "--requested-by", "officer.1", "--approved-by", approved_by)
