"""Reads of a service whose quota is small wait before they ask."""

from __future__ import annotations

import pytest
from moto import mock_aws

from steward.aws.clients import client
from steward.configuration.adapters.account import LiveAccount
from steward.failures import NotFound
from tests.steward.configuration.fakes import START, Clock


def test_a_read_of_lambda_leaves_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """15 requests a second for the account (Lambda quotas)."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    clock = Clock()
    with mock_aws():
        client.cache_clear()
        with pytest.raises(NotFound):
            LiveAccount(clock).read("lambda", "GetFunctionConfiguration", FunctionName="gone")
        client.cache_clear()

    assert (clock.moment - START).total_seconds() >= 1 / 15
