from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from simulator.aws.connect.pace import DEFAULT_QUOTA, Call, CallLog, TokenBucket
from tests.simulator.aws.connect.support import NOW, Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_connect import ConnectClient

    from simulator.aws.connect import ConnectInstance

    Connect = Callable[..., dict[str, Any]]


@pytest.fixture
def world(make_world: Callable[..., ConnectInstance]) -> ConnectInstance:
    world = make_world(requests_per_second=2)
    world.contact({"Id": "call-1"})
    return world


def ask(client: ConnectClient, world: ConnectInstance) -> str:
    try:
        client.describe_contact(InstanceId=world.instance_id, ContactId="call-1")
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def test_more_requests_than_allowed_in_a_second_are_throttled(
    client: ConnectClient, world: ConnectInstance, clock: Clock
) -> None:
    assert [ask(client, world) for _ in range(3)] == ["ok", "ok", "ThrottlingException"]
    clock.pass_by(seconds=1)
    assert ask(client, world) == "ok"


def test_operations_without_a_modelled_throttle_answer_with_the_gateways(
    client: ConnectClient, world: ConnectInstance
) -> None:
    world.recording("call-1", ["AGENT"], "on")
    call: dict[str, Any] = {"InstanceId": world.instance_id, "ContactId": "call-1", "InitialContactId": "call-1"}
    client.suspend_contact_recording(**call)
    client.resume_contact_recording(**call)
    client.suspend_contact_recording(**call)
    client.resume_contact_recording(**call)
    with pytest.raises(ClientError) as refused:
        client.suspend_contact_recording(**call)
    assert refused.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def test_each_operation_has_its_own_limit(client: ConnectClient, world: ConnectInstance) -> None:
    for _ in range(2):
        assert ask(client, world) == "ok"
    client.list_contact_evaluations(InstanceId=world.instance_id, ContactId="call-1")


def test_time_that_jumps_back_is_counted_where_it_falls(
    client: ConnectClient, world: ConnectInstance, clock: Clock
) -> None:
    clock.pass_by(seconds=10)
    assert [ask(client, world) for _ in range(2)] == ["ok", "ok"]
    clock.pass_by(seconds=-5)
    assert ask(client, world) == "ok"
    clock.pass_by(seconds=5)
    assert ask(client, world) == "ThrottlingException"


def test_the_log_names_each_request_and_its_outcome(client: ConnectClient, world: ConnectInstance) -> None:
    ask(client, world)
    with pytest.raises(ClientError):
        client.describe_contact(InstanceId=world.instance_id, ContactId="nobody")
    assert [(call.operation, call.contact_id, call.outcome) for call in world.log.calls] == [
        ("DescribeContact", "call-1", "ok"),
        ("DescribeContact", "nobody", "ResourceNotFoundException"),
    ]


def test_the_busiest_second_is_any_second_and_not_only_a_full_one() -> None:
    log, clock = CallLog(), Clock()
    for offset, operation in ((0.0, "A"), (0.61, "A"), (1.1, "B"), (1.5, "A"), (1.6, "A"), (0.7, "B")):
        clock.moment = NOW
        clock.pass_by(seconds=offset)
        log.note(Call(clock.now(), operation, "", "ok"))
    assert log.most_within_a_second("A") == 3
    assert log.most_within_a_second("B") == 2
    assert log.most_within_a_second() == 5
    assert CallLog().most_within_a_second() == 0


def test_a_moto_server_answers_the_same_operations(world: ConnectInstance) -> None:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        authorization = "AWS4-HMAC-SHA256 Credential=key/20260115/eu-west-2/connect/aws4_request"
        answer = requests.get(
            f"http://{host}:{port}/contacts/{world.instance_id}/call-1",
            headers={"Authorization": authorization},
            timeout=10,
        )
    finally:
        server.stop()
    assert answer.status_code == 200
    assert answer.json()["Contact"]["Id"] == "call-1"


def test_after_close_moto_has_only_its_own_operations(client: ConnectClient, world: ConnectInstance) -> None:
    world.close()
    assert ask(client, world) == "404"


def test_five_requests_at_once_and_two_a_second_are_admitted() -> None:
    """Amazon Connect Administrator Guide, "API throttling quotas"."""
    bucket = TokenBucket(DEFAULT_QUOTA)
    start = datetime(2027, 1, 12, 10, tzinfo=UTC)

    assert [bucket.admits(start) for _ in range(6)] == [True] * 5 + [False]
    assert [bucket.admits(start + timedelta(seconds=0.5 * step)) for step in range(1, 4)] == [True] * 3
    assert not bucket.admits(start + timedelta(seconds=1.6))
    assert [bucket.admits(start + timedelta(seconds=30)) for _ in range(6)] == [True] * 5 + [False]


@given(st.lists(st.integers(0, 80), max_size=60))
def test_no_span_holds_more_than_the_quota_in_whatever_order_requests_are_played(steps: list[int]) -> None:
    bucket = TokenBucket(DEFAULT_QUOTA)
    start = datetime(2027, 1, 12, 10, tzinfo=UTC)
    admitted = sorted(step / 10 for step in steps if bucket.admits(start + timedelta(seconds=step / 10)))

    for first, begin in enumerate(admitted):
        for last, end in enumerate(admitted[first:], first):
            assert last - first + 1 <= 5 + 2 * (end - begin) + 1e-6


def test_a_sixth_suspension_at_once_is_turned_away_and_changes_nothing(
    client: ConnectClient, make_world: Callable[..., ConnectInstance]
) -> None:
    world = make_world()
    outcomes = []
    for number in range(6):
        contact_id = f"call-{number}"
        world.contact({"Id": contact_id})
        world.recording(contact_id, ["AGENT"], "on")
        call: dict[str, Any] = {
            "InstanceId": world.instance_id,
            "ContactId": contact_id,
            "InitialContactId": contact_id,
        }
        try:
            client.suspend_contact_recording(**call)
        except ClientError as error:
            outcomes.append(error.response["Error"]["Code"])

    assert outcomes == ["TooManyRequestsException"]
    assert world.recordings.state_of("call-5", "AGENT") == "recording"
