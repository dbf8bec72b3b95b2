"""What cannot be read is said not to be shown: it is neither as it was written, nor otherwise, nor gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.configuration.conftest import Live, kept
from tests.end_to_end.configuration.settings.test_keeping_and_running import function

THROTTLED = "connect.DescribeContactFlow answered TooManyRequestsException"
UNDECRYPTED = "lambda.GetFunctionConfiguration answered AccessDeniedException"
A_ROLE = "iam.GetRole answered AccessDenied"


@pytest.fixture(scope="module")
def answer(deployed: EmbeddedAws) -> Iterator[dict[str, Any]]:
    undo, live = kept(deployed), Live(deployed)
    # Lambda API reference, EnvironmentResponse: ``Error`` instead of ``Variables``.
    function(Environment={"Error": {"ErrorCode": "AccessDeniedException", "Message": "no"}})(live)
    add = deployed.faults.add
    add(service="connect", operation="DescribeContactFlow", error="TooManyRequestsException", times=1000)
    add(service="iam", operation="GetRole", error="AccessDenied", times=1)
    yield live.compare()
    undo()


def not_shown(answer: dict[str, Any], why: str) -> list[str]:
    return [one["id"] for one in answer["not_shown"] if one["why"] == why]


def test_nothing_else_is_not_shown_and_nothing_is_found(answer: dict[str, Any]) -> None:
    assert {one["why"] for one in answer["not_shown"]} == {THROTTLED, UNDECRYPTED, A_ROLE}
    assert answer["findings"] == []


def test_a_throttled_read_of_connect_is_not_shown(answer: dict[str, Any]) -> None:
    assert not_shown(answer, THROTTLED)


def test_an_environment_that_lambda_cannot_decrypt_is_not_shown_and_not_empty(answer: dict[str, Any]) -> None:
    [one] = not_shown(answer, UNDECRYPTED)
    assert one.endswith("/environment")


def test_a_role_that_cannot_be_read_is_not_shown_and_not_gone(answer: dict[str, Any]) -> None:
    assert len({one.rpartition("/")[0] for one in not_shown(answer, A_ROLE)}) == 1
