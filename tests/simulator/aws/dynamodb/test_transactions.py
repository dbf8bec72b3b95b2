"""The shim for transactions answers as moto does, which follows DynamoDB here, and leaves nothing half done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import moto
import pytest
from botocore.exceptions import ClientError

from simulator.aws.dynamodb import fast_transactions

Act = dict[str, Any]


@pytest.fixture(params=["moto", "shim"])
def database(request: pytest.FixtureRequest) -> Iterator[Any]:
    stop = fast_transactions() if request.param == "shim" else None
    with moto.mock_aws():
        client = boto3.client("dynamodb", "eu-west-2", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
        client.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
        )
        client.put_item(TableName="t", Item=row("old", "1"))
        yield client
    if stop:
        stop()


def row(key: str, value: str) -> dict[str, Any]:
    return {"pk": {"S": key}, "sk": {"S": "row"}, "value": {"N": value}}


def key(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": "row"}}


def put(name: str, **more: Any) -> Act:  # noqa: ANN401
    return {"Put": {"TableName": "t", "Item": row(name, "2")} | more}


def check(name: str, condition: str, **more: Any) -> Act:  # noqa: ANN401
    return {"ConditionCheck": {"TableName": "t", "Key": key(name), "ConditionExpression": condition} | more}


def update(name: str, expression: str) -> Act:
    values = {":v": {"N": "9"}}
    return {
        "Update": {
            "TableName": "t",
            "Key": key(name),
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {"#v": "value"},
            "ExpressionAttributeValues": values,
        }
    }


def values(database: Any) -> dict[str, str]:  # noqa: ANN401
    return {item["pk"]["S"]: item["value"]["N"] for item in database.scan(TableName="t")["Items"]}


def test_all_acts_are_done(database: Any) -> None:  # noqa: ANN401
    database.transact_write_items(
        TransactItems=[
            check("old", "attribute_exists(pk)"),
            put("new"),
            update("third", "SET #v = :v"),
            {"Delete": {"TableName": "t", "Key": key("gone")}},
        ]
    )
    assert values(database) == {"old": "1", "new": "2", "third": "9"}


def test_one_condition_that_is_not_met_undoes_everything_and_every_reason_is_told(database: Any) -> None:  # noqa: ANN401
    with pytest.raises(ClientError) as problem:
        database.transact_write_items(
            TransactItems=[
                put("new"),
                check("old", "attribute_not_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD"),
                check("absent", "attribute_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_OLD"),
            ]
        )
    reasons = problem.value.response["CancellationReasons"]
    assert problem.value.response["Error"]["Code"] == "TransactionCanceledException"
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed", "ConditionalCheckFailed"]
    assert reasons[1]["Item"] == row("old", "1")
    assert "Item" not in reasons[2]
    assert values(database) == {"old": "1"}


def test_two_acts_on_one_row_are_refused(database: Any) -> None:  # noqa: ANN401
    with pytest.raises(ClientError, match="multiple operations on one item"):
        database.transact_write_items(TransactItems=[put("new"), check("new", "attribute_exists(pk)")])
    assert values(database) == {"old": "1"}


def test_a_write_that_cannot_be_done_undoes_those_before_it(database: Any) -> None:  # noqa: ANN401
    with pytest.raises(ClientError):
        database.transact_write_items(
            TransactItems=[put("new"), update("old", "SET #v = :v"), update("third", "SET #v = absent + :v")]
        )
    assert values(database) == {"old": "1"}
