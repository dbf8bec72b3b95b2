"""S3's own notifications, as AWS documents them.

Amazon S3 User Guide: "Supported event types for SQS, SNS, and Lambda", "Event message structure".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from moto.core.base_backend import BackendDict

from simulator.aws.s3 import S3Store
from tests.simulator.aws.s3.support import Agenda, Published

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

QUEUE = "arn:aws:sqs:eu-west-2:123456789012:notices"


@pytest.fixture
def told() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def world(agenda: Agenda, published: Published, client: S3Client, told: list[dict[str, Any]]) -> Iterator[S3Store]:
    del client

    def deliver(bucket: str, queue: str, message: str) -> None:
        assert (bucket, queue) == ("arn:aws:s3:::recordings", QUEUE)
        told.extend(json.loads(message)["Records"])

    world = S3Store(agenda, published, actor=lambda: "somebody", deliver=deliver)
    yield world
    world.close()
    BackendDict.reset()


@pytest.fixture
def bucket(s3: S3Client, make_bucket: Callable[..., str]) -> Callable[..., str]:
    def make(*events: Any, rules: tuple[dict[str, Any], ...] = ()) -> str:  # noqa: ANN401 - names of S3's own
        name = make_bucket("recordings", *rules)
        wanted: Any = [{"QueueArn": QUEUE, "Events": list(events)}]
        s3.put_bucket_notification_configuration(Bucket=name, NotificationConfiguration={"QueueConfigurations": wanted})
        return name

    return make


def test_tags_that_are_set_are_told_with_the_key_encoded_and_no_tags(
    world: S3Store, bucket: Callable[..., str], told: list[dict[str, Any]], published: Published
) -> None:
    name = bucket("s3:ObjectTagging:Put")
    version = world.put_object(name, "calls/a 10:15+1.wav", 10)
    world.tag_object(name, "calls/a 10:15+1.wav", {"complaint_reference": "C-1"})

    [record] = told
    assert (record["eventName"], record["eventVersion"], record["eventSource"]) == (
        "ObjectTagging:Put",
        "2.3",
        "aws:s3",
    )
    assert record["s3"]["bucket"]["name"] == name
    thing = record["s3"]["object"]
    assert (thing["key"], thing["versionId"]) == ("calls%2Fa+10%3A15%2B1.wav", version)
    assert "C-1" not in json.dumps(record)
    assert published == []


def test_an_ordinary_object_is_told_to_nobody_unless_its_event_is_wanted(
    world: S3Store, bucket: Callable[..., str], told: list[dict[str, Any]], s3: S3Client
) -> None:
    name = bucket("s3:ObjectTagging:Put")
    world.put_object(name, "call.wav", 10)
    s3.delete_object(Bucket=name, Key="call.wav")
    assert told == []


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("s3:ObjectCreated:*", ["ObjectCreated:Put", "ObjectCreated:Copy"]),
        ("s3:ObjectCreated:Copy", ["ObjectCreated:Copy"]),
        ("s3:ObjectRemoved:Delete", ["ObjectRemoved:Delete"]),
        ("s3:ObjectRemoved:DeleteMarkerCreated", ["ObjectRemoved:DeleteMarkerCreated"]),
        ("s3:ObjectRemoved:*", ["ObjectRemoved:DeleteMarkerCreated", "ObjectRemoved:Delete"]),
    ],
)
def test_each_event_type_is_told_when_it_is_wanted(
    world: S3Store,
    bucket: Callable[..., str],
    told: list[dict[str, Any]],
    s3: S3Client,
    *,
    wanted: str,
    names: list[str],
) -> None:
    name = bucket(wanted)
    version = world.put_object(name, "call.wav", 10)
    s3.copy_object(Bucket=name, Key="copy.wav", CopySource={"Bucket": name, "Key": "call.wav"})
    s3.delete_object(Bucket=name, Key="call.wav")
    s3.delete_object(Bucket=name, Key="call.wav", VersionId=version)

    assert [record["eventName"] for record in told] == names
    assert all(record["eventVersion"] == "2.1" for record in told)
    assert all("sequencer" in record["s3"]["object"] for record in told)


def test_what_lifecycle_removes_has_event_types_of_its_own(
    agenda: Agenda, world: S3Store, bucket: Callable[..., str], told: list[dict[str, Any]]
) -> None:
    rule = {"ID": "r", "Expiration": {"Days": 1}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}
    name = bucket("s3:LifecycleExpiration:*", "s3:ObjectRemoved:*", rules=(rule,))
    world.put_object(name, "call.wav", 10)
    agenda.until(agenda.now().replace(day=25))

    assert [record["eventName"] for record in told] == [
        "LifecycleExpiration:DeleteMarkerCreated",
        "LifecycleExpiration:Delete",
        "LifecycleExpiration:Delete",
    ], "a marker, the version behind it, and at last the marker that hides nothing any more"
