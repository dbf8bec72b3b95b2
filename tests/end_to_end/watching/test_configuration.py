"""The alarms on what differs from what was written, and on what the comparison cannot read."""

from __future__ import annotations

from tests.end_to_end.watching.drill import Drill


def test_a_setting_that_somebody_changed_raises_an_alarm(drill: Drill) -> None:
    storage, bucket = drill.world.client("s3"), drill.world.names.buckets["call_recording"]
    rules = storage.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    off = [{**rule, "Status": "Disabled"} for rule in rules]
    storage.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": off})

    raised = drill.raises(lambda: drill.world.invoke("compare_configuration", {"on_demand": True}))
    storage.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})

    assert raised == {"ConfigurationDiffersAlarm"}


def test_a_setting_that_cannot_be_read_raises_another(drill: Drill) -> None:
    drill.world.faults.add(service="s3", operation="GetBucketVersioning", error="AccessDenied", times=1)

    raised = drill.raises(lambda: drill.world.invoke("compare_configuration", {"on_demand": True}))

    assert raised == {"ConfigurationNotShownAlarm"}
