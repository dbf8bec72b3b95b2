"""Transactions that lose to another one are tried again; others are not."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from steward.failures import AwsError, Conflict, Throttled, Unavailable
from steward.messaging.adapters.rows import transact
from tests.steward.messaging.fixture import NOON, Clock


class Database:
    """Answers each transaction with the next planned list of reasons, then with success."""

    def __init__(self, *answers: list[dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.calls = 0

    def transact_write_items(self, **_: object) -> None:
        self.calls += 1
        if self.answers:
            response: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": self.answers.pop(0),
            }
            raise ClientError(response, "TransactWriteItems")


LOST = [{"Code": "None"}, {"Code": "TransactionConflict"}]
UNMET: list[dict[str, Any]] = [
    {"Code": "None"},
    {"Code": "ConditionalCheckFailed", "Item": {"a": {"S": "b"}}},
    {"Code": "None"},
]


def run(database: Any, clock: Clock) -> Any:  # noqa: ANN401
    return transact(database, [], clock)


def test_a_lost_transaction_is_tried_again_after_a_pause() -> None:
    database, clock = Database(LOST, LOST), Clock()
    assert run(database, clock) is None
    assert database.calls == 3
    assert 0 < (clock.now() - NOON).total_seconds() < 1


def test_a_transaction_that_keeps_losing_is_given_up() -> None:
    database = Database(*[LOST] * 10)
    with pytest.raises(Conflict):
        run(database, Clock())
    assert database.calls == 4


def test_an_unmet_condition_is_not_tried_again_and_its_row_is_returned() -> None:
    database = Database(UNMET)
    assert run(database, Clock()) == {1: {"a": "b"}}
    assert database.calls == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [("ThrottlingError", Throttled), ("ProvisionedThroughputExceeded", Throttled), ("ValidationError", AwsError)],
)
def test_other_reasons_are_translated(code: str, error: type[AwsError]) -> None:
    database = Database([{"Code": code}])
    with pytest.raises(error):
        run(database, Clock())
    assert database.calls == 1


def test_an_error_without_reasons_is_translated() -> None:
    class Broken:
        def transact_write_items(self, **_: object) -> None:
            response: Any = {"Error": {"Code": "InternalServerError", "Message": ""}}
            raise ClientError(response, "TransactWriteItems")

    with pytest.raises(Unavailable):
        run(Broken(), Clock())
