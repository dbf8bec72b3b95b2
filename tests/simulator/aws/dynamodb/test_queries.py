"""The shim for queries answers as moto does, which follows DynamoDB here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import moto
import pytest

from simulator.aws.dynamodb import partitioned_queries


@pytest.fixture(params=["moto", "shim"])
def rows(request: pytest.FixtureRequest) -> Iterator[Any]:
    stop = partitioned_queries() if request.param == "shim" else None
    with moto.mock_aws():
        client = boto3.client("dynamodb", "eu-west-2", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
        client.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "kind")],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "kinds",
                    "KeySchema": [
                        {"AttributeName": "kind", "KeyType": "HASH"},
                        {"AttributeName": "sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        for number in range(9):
            item = {"pk": f"p{number % 3}", "sk": f"s{number}", "kind": "odd" if number % 2 else "even"}
            client.put_item(TableName="t", Item={name: {"S": value} for name, value in item.items()})
        yield client
    if stop:
        stop()


def found(answer: Any) -> list[str]:  # noqa: ANN401
    return [item["sk"]["S"] for item in answer["Items"]]


def query(rows: Any, condition: str, *, values: dict[str, str], **more: Any) -> Any:  # noqa: ANN401
    written = {name: {"S": value} for name, value in values.items()}
    return rows.query(TableName="t", KeyConditionExpression=condition, ExpressionAttributeValues=written, **more)


def test_a_partition_is_read_in_order_and_by_condition(rows: Any) -> None:  # noqa: ANN401
    assert found(query(rows, "pk = :p", values={":p": "p1"})) == ["s1", "s4", "s7"]
    assert found(query(rows, "pk = :p AND sk > :s", values={":p": "p1", ":s": "s1"}, ScanIndexForward=False)) == [
        "s7",
        "s4",
    ]


def test_a_partition_is_read_page_by_page(rows: Any) -> None:  # noqa: ANN401
    first = query(rows, "pk = :p", values={":p": "p1"}, Limit=2)
    second = query(rows, "pk = :p", values={":p": "p1"}, ExclusiveStartKey=first["LastEvaluatedKey"])
    assert (found(first), found(second)) == (["s1", "s4"], ["s7"])


def test_a_partition_without_rows_is_empty_and_stays_so(rows: Any) -> None:  # noqa: ANN401
    assert found(query(rows, "pk = :p", values={":p": "p9"})) == []
    assert len(rows.scan(TableName="t")["Items"]) == 9


def test_an_index_is_read_across_partitions(rows: Any) -> None:  # noqa: ANN401
    found_by_kind = found(query(rows, "kind = :k", values={":k": "odd"}, IndexName="kinds"))
    assert found_by_kind == ["s1", "s3", "s5", "s7"]


def test_an_index_and_a_scan_answer_in_order_whatever_was_written_first(rows: Any) -> None:  # noqa: ANN401
    for pk, sk in (("p1", "s05"), ("a", "s9"), ("p0", "é")):
        rows.put_item(TableName="t", Item={"pk": {"S": pk}, "sk": {"S": sk}, "kind": {"S": "odd"}})
    assert found(query(rows, "kind = :k", values={":k": "odd"}, IndexName="kinds")) == [
        "s05",
        "s1",
        "s3",
        "s5",
        "s7",
        "s9",
        "é",
    ]
    assert [(row["pk"]["S"], row["sk"]["S"]) for row in rows.scan(TableName="t")["Items"]][:4] == [
        ("a", "s9"),
        ("p0", "s0"),
        ("p0", "s3"),
        ("p0", "s6"),
    ]
