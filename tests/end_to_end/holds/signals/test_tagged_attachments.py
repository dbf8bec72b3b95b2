"""An attachment that somebody tags in the S3 console names the contact for which Connect uploaded it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import call, moment, recording_key, told, wait

ID = "11111111-2222-4333-8444-555555555555"
KEY = "connect/barnet/Attachments/chat/2027/02/01/0f000000-0000-4000-8000-000000000021_20270201T09:14_UTC.pdf"
PLUS = KEY.replace("0f000000", "a file+0f000000")


@pytest.mark.parametrize("key", [KEY, PLUS])
@pytest.mark.parametrize(("metadata", "held"), [({"contact_id": ID}, [(ID, "held")]), ({}, [])])
def test_a_tagged_attachment_holds_its_contact_or_is_refused(
    tmp_path: Path, key: str, metadata: dict[str, str], held: list[tuple[str, str]]
) -> None:
    path = tmp_path / "story.jsonl"
    lines = [*call(ID, "2027-02-01T09:00:00"), wait("2027-02-20T12:00:00")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment("2027-02-10T12:00:00"))
        world = running.world
        bucket = world.names.buckets["attachment"]
        world.client("s3").put_object(Bucket=bucket, Key=key, Body=b"a bill", Metadata=metadata)
        world.s3.tag_object(bucket, key, {"complaint_reference": "C-7", "complaint_received": "2027-02-09"})
        running.run_until(moment("2027-02-20T12:00:00"))
        state = running.state()

    assert [(hold.contact_id, hold.status) for hold in state.holds] == held
    subjects = [one.subject for one in told(state)]
    assert subjects == ([] if held else ["Request refused: case C-7"])
    assert len(state.dead_letters) == (0 if held else 1)


def _record(bucket: str, key: str, **more: object) -> dict[str, object]:
    record = {
        "eventVersion": "2.3",
        "eventSource": "aws:s3",
        "awsRegion": "eu-west-2",
        "eventTime": "2027-02-10T12:00:00.000Z",
        "eventName": "ObjectTagging:Put",
        "s3": {"s3SchemaVersion": "1.0", "bucket": {"name": bucket}, "object": {"key": key}},
    }
    return {**record, **more}


def test_what_is_wrong_with_one_record_of_a_notice_is_nothing_to_the_others(tmp_path: Path) -> None:
    # Amazon S3 user guide, "Event message structure": "Records" is a list.
    path = tmp_path / "story.jsonl"
    lines = [*call(ID, "2027-02-01T09:00:00"), wait("2027-02-20T12:00:00")]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment("2027-02-10T12:00:00"))
        world = running.world
        bucket = world.names.buckets["call_recording"]
        key = recording_key(ID, "2027-02-01T09:00:00")
        tags = [{"Key": "complaint_reference", "Value": "C-7"}, {"Key": "complaint_received", "Value": "2027-02-09"}]
        world.client("s3").put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": tags})
        records = [
            _record(bucket, key, eventTime="soon"),
            7,
            _record(bucket, "not/there.wav"),
            _record(bucket, key.replace(":", "%3A")),
        ]
        world.faults.add(service="connect", operation="DescribeContact", error="TooManyRequestsException", times=5)
        body = json.dumps({"Records": records})
        world.client("sqs").send_message(QueueUrl=world.names.queues["TaggedObjectsQueue"], MessageBody=body)
        running.run_until(moment("2027-02-20T12:00:00"))
        state = running.state()

    assert [(hold.contact_id, hold.status) for hold in state.holds] == [(ID, "held")]
    subjects = [one.subject for one in told(state)]
    assert subjects == ["Request refused: a case that could not be read"] * 3
    aside = [json.loads(one.body)["Records"] for one in state.dead_letters]
    assert sorted(map(str, aside)) == sorted(str([one]) for one in records[:3]), "each by itself, and the good one not"
