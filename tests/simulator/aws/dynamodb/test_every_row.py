from __future__ import annotations

import boto3
from moto import mock_aws

from simulator.aws.dynamodb.every_row import every_row

REGION = "eu-west-2"
ACCOUNT = "123456789012"


def test_every_row_is_what_a_consistent_scan_answers() -> None:
    with mock_aws():
        client = boto3.client("dynamodb", REGION, aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
        client.create_table(
            TableName="t",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        client.put_item(
            TableName="t",
            Item={
                "pk": {"S": "b"},
                "sk": {"S": "1"},
                "bytes": {"B": b"\x00\xff"},
                "several": {"BS": [b"a", b"b"]},
                "map": {"M": {"list": {"L": [{"N": "1"}, {"B": b"q"}, {"NULL": True}, {"M": {}}, {"L": []}]}}},
                "texts": {"SS": ["a", "b"]},
                "no": {"BOOL": False},
                "number": {"N": "1.5"},
            },
        )
        client.put_item(TableName="t", Item={"pk": {"S": "a"}, "sk": {"S": "2"}})
        client.put_item(TableName="t", Item={"pk": {"S": "a"}, "sk": {"S": "1"}})
        client.update_item(
            TableName="t",
            Key={"pk": {"S": "a"}, "sk": {"S": "1"}},
            UpdateExpression="SET words = :words",
            ExpressionAttributeValues={":words": {"L": [{"S": "x"}]}},
        )
        client.delete_item(TableName="t", Key={"pk": {"S": "a"}, "sk": {"S": "2"}})

        scanned = client.scan(TableName="t", ConsistentRead=True)["Items"]
        assert len(scanned) == 2
        assert every_row("t", account=ACCOUNT, region=REGION) == scanned
