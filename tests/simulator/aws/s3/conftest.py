from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
import time_machine
from moto import mock_aws
from moto.core.base_backend import BackendDict

from simulator.aws.s3 import S3Store
from tests.simulator.aws.s3.support import START, Agenda, Published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client


@pytest.fixture
def agenda() -> Iterator[Agenda]:
    with time_machine.travel(START, tick=False) as traveller:
        yield Agenda(traveller)


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture(scope="module")
def client() -> Iterator[S3Client]:
    """One client for all, because making one takes longer than most tests."""
    with mock_aws():
        yield boto3.client("s3", region_name="eu-west-2")


@pytest.fixture
def world(agenda: Agenda, published: Published, client: S3Client) -> Iterator[S3Store]:
    del client
    world = S3Store(agenda, published, actor=lambda: "maintain_holds")
    yield world
    world.close()
    BackendDict.reset()


@pytest.fixture
def s3(client: S3Client, world: S3Store) -> S3Client:
    del world
    return client


@pytest.fixture
def make_bucket(s3: S3Client) -> Callable[..., str]:
    """Create a bucket: versioned and lockable unless plain, with lifecycle rules and events if asked for."""

    def make(name: str = "recordings", *rules: dict[str, Any], plain: bool = False, events: bool = False) -> str:
        s3.create_bucket(
            Bucket=name,
            CreateBucketConfiguration={"LocationConstraint": "eu-west-2"},
            ObjectLockEnabledForBucket=not plain,
        )
        if rules:
            enabled: Any = [{"Status": "Enabled", "Filter": {}, **rule} for rule in rules]
            s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": enabled})
        if events:
            s3.put_bucket_notification_configuration(
                Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
            )
        return name

    return make
