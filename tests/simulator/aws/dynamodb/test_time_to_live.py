"""Rows of a table with a time to live."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.simulator.aws.conftest import Assembly


def test_a_row_disappears_within_days_of_its_expiry_and_never_before(assembly: Assembly) -> None:
    assembly.add(
        "Table",
        "AWS::DynamoDB::Table",
        TableName="register",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        BillingMode="PAY_PER_REQUEST",
        TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True},
    )
    world = assembly.start()
    rows = world.client("dynamodb")
    for name, days in (("soon", 10), ("later", 30)):
        expires = str(int((world.clock.now() + timedelta(days=days)).timestamp()))
        rows.put_item(TableName="register", Item={"pk": {"S": name}, "sk": {"S": "1"}, "expires_at": {"N": expires}})
    rows.put_item(TableName="register", Item={"pk": {"S": "kept"}, "sk": {"S": "1"}})
    rows.put_item(TableName="register", Item={"pk": {"S": "text"}, "sk": {"S": "1"}, "expires_at": {"S": "2026"}})

    def left() -> set[str]:
        return {row["pk"]["S"] for row in rows.scan(TableName="register")["Items"]}

    world.run_until(world.clock.now() + timedelta(days=9, hours=23))
    assert left() == {"soon", "later", "kept", "text"}
    world.run_until(world.clock.now() + timedelta(days=3))
    assert left() == {"later", "kept", "text"}
