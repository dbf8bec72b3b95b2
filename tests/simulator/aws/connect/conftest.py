from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from simulator.aws.connect import ConnectInstance
from tests.simulator.aws.connect.support import Clock, check_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_connect import ConnectClient


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_world(clock: Clock) -> Iterator[Callable[..., ConnectInstance]]:
    worlds: list[ConnectInstance] = []

    def make(*, requests_per_second: int | None = None, forgiving: bool = False) -> ConnectInstance:
        worlds.append(ConnectInstance(clock, requests_per_second=requests_per_second, forgiving=forgiving))
        return worlds[-1]

    yield make
    for world in worlds:
        world.close()


@pytest.fixture
def world(make_world: Callable[..., ConnectInstance]) -> ConnectInstance:
    return make_world()


@pytest.fixture(scope="module")
def client() -> Iterator[ConnectClient]:
    """One client, whose every answer is held against the model."""
    with mock_aws():
        client = boto3.client("connect", region_name="eu-west-2", config=Config(retries={"total_max_attempts": 1}))
        client.meta.events.register("before-parse.connect", check_answer)
        yield client


@pytest.fixture
def connect(client: ConnectClient, world: ConnectInstance) -> Callable[..., dict[str, Any]]:
    """Call an operation of the instance by its Python name."""

    def call(operation: str, **parameters: object) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(client, operation)(**{"InstanceId": world.instance_id, **parameters})
        return answer

    return call


@pytest.fixture
def pages(connect: Callable[..., dict[str, Any]]) -> Callable[..., tuple[list[Any], int]]:
    """Ask until there is no more; return all items and the number of answers."""

    def ask(operation: str, member: str, **parameters: object) -> tuple[list[Any], int]:
        items: list[Any] = []
        answers = 0
        following = partial(connect, operation, **parameters)
        while True:
            answer = following()
            answers += 1
            items += answer[member]
            if "NextToken" not in answer:
                return items, answers
            following = partial(connect, operation, **parameters, NextToken=answer["NextToken"])

    return ask
