from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import time_machine
from moto import mock_aws

from local.s3 import S3World

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

START = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)


class Agenda:
    """What is to happen, on a clock that moto shares."""

    def __init__(self, traveller: time_machine.Coordinates) -> None:
        self._traveller = traveller
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def at(self, moment: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (max(moment, self.now()), next(self._order), action))

    def until(self, moment: datetime) -> None:
        while self._heap and self._heap[0][0] <= moment:
            due, _, action = heapq.heappop(self._heap)
            self._traveller.move_to(due)
            action()
        self._traveller.move_to(moment)


class Published(list[Mapping[str, Any]]):
    """The events that reached the default bus."""

    def publish(self, bus_name: str, event: Mapping[str, Any]) -> None:
        assert bus_name == "default"
        self.append(event)


@pytest.fixture
def agenda() -> Iterator[Agenda]:
    with time_machine.travel(START, tick=False) as traveller:
        yield Agenda(traveller)


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def world(agenda: Agenda, published: Published, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3World]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    with mock_aws():
        world = S3World(agenda, published, actor=lambda: "maintain_holds")
        yield world
        world.close()


@pytest.fixture
def s3(world: S3World) -> S3Client:
    del world
    return boto3.client("s3")


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
