"""S3 Inventory as the user guide documents it: "Cataloging and analyzing your data with S3 Inventory"."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import InventoryOptionalFieldType
    from mypy_boto3_s3.type_defs import CreateBucketConfigurationTypeDef

    from simulator.aws.s3 import S3Store
    from tests.simulator.aws.s3.support import Agenda

FIELDS: list[InventoryOptionalFieldType] = [
    "Size",
    "LastModifiedDate",
    "ObjectLockRetainUntilDate",
    "ObjectLockMode",
    "ObjectLockLegalHoldStatus",
]


@pytest.fixture
def counted(s3: S3Client) -> S3Client:
    """A versioned bucket whose lists go to another."""
    place: CreateBucketConfigurationTypeDef = {"LocationConstraint": "eu-west-2"}
    s3.create_bucket(Bucket="source", CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    s3.create_bucket(Bucket="lists", CreateBucketConfiguration=place)
    _allow(s3, "arn:aws:s3:::source")
    s3.put_bucket_inventory_configuration(
        Bucket="source",
        Id="daily",
        InventoryConfiguration={
            "Id": "daily",
            "IsEnabled": True,
            "IncludedObjectVersions": "All",
            "Schedule": {"Frequency": "Daily"},
            "OptionalFields": FIELDS,
            "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::lists", "Format": "CSV", "Prefix": "in"}},
        },
    )
    return s3


def _allow(s3: S3Client, source: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::lists/*",
        "Condition": {"ArnLike": {"aws:SourceArn": source}},
    }
    s3.put_bucket_policy(Bucket="lists", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def _keys(s3: S3Client) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket="lists").get("Contents", [])]


def _rows(s3: S3Client, manifest: str) -> list[dict[str, str]]:
    said = json.loads(s3.get_object(Bucket="lists", Key=manifest)["Body"].read())
    names = said["fileSchema"].split(", ")
    (file,) = said["files"]
    data = s3.get_object(Bucket="lists", Key=file["key"])["Body"].read()
    assert (file["size"], file["MD5checksum"]) == (len(data), hashlib.md5(data, usedforsecurity=False).hexdigest())
    return [dict(zip(names, row, strict=True)) for row in csv.reader(gzip.decompress(data).decode().splitlines())]


def test_a_list_of_every_version_is_delivered_some_hours_after_its_scan(
    counted: S3Client, world: S3Store, agenda: Agenda
) -> None:
    counted.put_object(Bucket="source", Key="a b+ü.wav", Body=b"one")
    counted.put_object(Bucket="source", Key="a b+ü.wav", Body=b"three")
    counted.put_object(
        Bucket="source", Key="hidden", Body=b"x", ObjectLockLegalHoldStatus="ON", ChecksumAlgorithm="SHA256"
    )
    counted.delete_object(Bucket="source", Key="hidden")
    scan = _next_scan(agenda)
    agenda.until(scan + world.inventories.lag - timedelta(minutes=1))
    assert _keys(counted) == []

    agenda.until(scan + world.inventories.lag)
    folder = f"in/source/daily/{scan:%Y-%m-%dT%H-%MZ}"
    assert [key for key in _keys(counted) if "/data/" not in key] == [
        f"{folder}/manifest.checksum",
        f"{folder}/manifest.json",
    ]

    rows = _rows(counted, f"{folder}/manifest.json")
    told = [
        (row["Key"], row["IsLatest"], row["IsDeleteMarker"], row["Size"], row["ObjectLockLegalHoldStatus"])
        for row in rows
    ]
    assert told == [
        ("a+b%2B%C3%BC.wav", "False", "False", "3", "Off"),
        ("a+b%2B%C3%BC.wav", "True", "False", "5", "Off"),
        ("hidden", "False", "False", "1", "On"),
        ("hidden", "True", "True", "", ""),
    ]


def test_the_manifest_says_when_the_scan_began_and_its_checksum_is_its_md5(
    counted: S3Client, world: S3Store, agenda: Agenda
) -> None:
    scan = _next_scan(agenda)
    agenda.until(scan + world.inventories.lag)
    folder = f"in/source/daily/{scan:%Y-%m-%dT%H-%MZ}"
    body = counted.get_object(Bucket="lists", Key=f"{folder}/manifest.json")["Body"].read()
    checksum = counted.get_object(Bucket="lists", Key=f"{folder}/manifest.checksum")["Body"].read()

    assert json.loads(body)["creationTimestamp"] == str(int(scan.timestamp() * 1000))
    assert checksum.decode() == hashlib.md5(body, usedforsecurity=False).hexdigest()


def test_nothing_is_delivered_where_the_destination_does_not_let_s3_in(
    counted: S3Client, world: S3Store, agenda: Agenda
) -> None:
    _allow(counted, "arn:aws:s3:::another")
    agenda.until(_next_scan(agenda) + world.inventories.lag)

    assert _keys(counted) == []


def test_lists_can_fail_be_half_written_and_leave_something_out(
    counted: S3Client, world: S3Store, agenda: Agenda
) -> None:
    counted.put_object(Bucket="source", Key="a", Body=b"x")
    writer = world.inventories
    writer.failing.add("source")
    agenda.until(_next_scan(agenda) + writer.lag)
    assert _keys(counted) == []

    writer.failing.clear()
    writer.half_written.add("source")
    writer.omits = lambda bucket, key: (bucket, key) == ("source", "a")
    counted.put_object(Bucket="source", Key="b", Body=b"x")
    scan = _next_scan(agenda)
    agenda.until(scan + writer.lag)

    assert not [key for key in _keys(counted) if key.endswith("manifest.checksum")]
    assert [row["Key"] for row in _rows(counted, f"in/source/daily/{scan:%Y-%m-%dT%H-%MZ}/manifest.json")] == ["b"]


def _next_scan(agenda: Agenda) -> datetime:
    now = agenda.now()
    scan = now.replace(hour=1, minute=0, second=0, microsecond=0)
    return scan if scan > now else scan + timedelta(days=1)
