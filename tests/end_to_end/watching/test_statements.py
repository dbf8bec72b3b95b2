"""The alarms on what the month's statement denies, on what it cannot show, and on what it is made from."""

from __future__ import annotations

from datetime import timedelta

from tests.end_to_end.watching.drill import Drill


def test_an_inventory_that_stops_raises_an_alarm_after_two_days_and_the_statement_another(drill: Drill) -> None:
    inventories = drill.world.s3.inventories
    drill.world.run_until(drill.world.clock.now() + timedelta(days=3))
    bucket = drill.world.names.buckets["attachment"]

    raised = drill.raises(lambda: inventories.failing.add(bucket), within=timedelta(days=3))
    assert raised == {"InventoriesMissingAlarm"}

    raised = drill.raises(lambda: drill.world.invoke("write_statement", {"on_demand": True}))
    inventories.failing.clear()
    assert raised == {"StatementNotShownAlarm"}


def test_a_statement_that_denies_something_raises_an_alarm(drill: Drill) -> None:
    storage, bucket = drill.world.client("s3"), drill.world.names.buckets["evaluation"]
    rules = storage.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    off = [{**rule, "Status": "Disabled"} for rule in rules]
    storage.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": off})
    drill.world.s3.put_object(bucket, "old.json", 1, at=drill.world.clock.now() - timedelta(days=900))
    drill.world.run_until(drill.world.clock.now() + timedelta(days=2))

    raised = drill.raises(lambda: drill.world.invoke("write_statement", {"on_demand": True}))

    assert raised == {"StatementUntrueAlarm"}
