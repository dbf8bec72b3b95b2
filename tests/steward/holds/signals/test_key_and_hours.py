"""The key that signs flags and the count of an hour, against moto."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from steward.aws.clients import client
from steward.failures import AwsError
from steward.holds.signals.adapters import DynamoHours, KmsSeal

HOUR = datetime(2027, 5, 4, 7, tzinfo=UTC)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    with mock_aws():
        client.cache_clear()
        yield
        client.cache_clear()


@pytest.fixture
def seal(aws: None) -> KmsSeal:  # noqa: ARG001 - the account
    kms: Any = boto3.client("kms", region_name="eu-west-2")
    return KmsSeal(kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["Arn"])


@pytest.fixture
def hours(aws: None) -> DynamoHours:  # noqa: ARG001 - the account
    table: Any = boto3.client("dynamodb", region_name="eu-west-2")
    keys = ("pk", "HASH"), ("sk", "RANGE")
    table.create_table(
        TableName="register",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
    )
    return DynamoHours("register")


def test_a_signature_fits_its_message_and_no_other(seal: KmsSeal) -> None:
    signature = seal.make(b"one")
    assert seal.fits(b"one", signature)
    assert not seal.fits(b"other", signature)


@pytest.mark.parametrize("signature", ["", "ä", "not base64!", base64.b64encode(b"short").decode(), "A" * 1000])
def test_what_is_no_signature_fits_nothing_and_asks_nobody(signature: str) -> None:
    assert not KmsSeal("no key").fits(b"one", signature)


def test_a_key_that_cannot_be_asked_is_no_forgery(aws: None) -> None:  # noqa: ARG001 - the account
    elsewhere = KmsSeal("arn:aws:kms:eu-west-2:123456789012:key/00000000-0000-4000-8000-000000000000")
    with pytest.raises(AwsError):
        elsewhere.fits(b"one", base64.b64encode(bytes(32)).decode())


def test_an_hour_takes_so_many_of_a_source_and_each_of_them_as_often_as_it_comes(hours: DynamoHours) -> None:
    assert [hours.takes("chats", HOUR, one, 2) for one in ("a", "b", "c", "a", "d")] == [True, True, False, True, False]
    assert hours.takes("calls", HOUR, "c", 2)
    assert hours.takes("chats", HOUR + timedelta(hours=1), "c", 2)


def test_rows_of_an_hour_leave_by_themselves(hours: DynamoHours) -> None:
    hours.takes("chats", HOUR, "a", 2)
    table: Any = boto3.client("dynamodb", region_name="eu-west-2")
    [row] = table.scan(TableName="register")["Items"]
    assert row["expires_at"]["N"] == str(int((HOUR + timedelta(days=2)).timestamp()))
