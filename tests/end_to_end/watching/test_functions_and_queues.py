"""The alarms that every function and every queue has."""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.config import ROOT
from simulator.aws.cloudwatch import MetricId
from tests.end_to_end.watching.drill import Drill

ELSEWHERE = {
    "compare_profiles",
    "record_application",
    "report_access",
    "retire_applications",
    "sign_flag",
    "start_request",
}
"""Deployed where the policy keeps applications, says who may listen or has flags signed, or the environment keeps a
trail of reads or has the guide for requests: neither the policy nor the environment of these drills does."""
FUNCTIONS = sorted({path.parent.name for path in ROOT.glob("functions/*/handler.py")} - ELSEWHERE)
QUEUES = [
    "ActsOnEvidence",
    "CardDataRemovals",
    "HoldRequests",
    "HoldReleases",
    "ReleaseRequests",
    "RemovedCopies",
    "TaggedObjects",
    "UnreadFlags",
    "PausedCalls",
    "SmsStatuses",
    "RequestEvents",
    "DisclosureEvents",
    "PersonSearches",
    "PackageOrders",
    "ErasureOrders",
]


def alarm_of(function: str, kind: str) -> str:
    return "".join(part.capitalize() for part in function.split("_")) + f"{kind}Alarm"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_fails_raises_its_own_alarm(stubs: Drill, function: str) -> None:
    raised = stubs.raises(lambda: stubs.world.run(function, {"fails": True}))

    assert raised == {alarm_of(function, "Errors")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_close_to_its_time_limit_raises_its_own_alarm(stubs: Drill, function: str) -> None:
    limit = stubs.world.functions.find(function).timeout

    assert stubs.raises(lambda: stubs.world.run(function, {"takes": limit * 0.75})) == set()
    assert stubs.raises(lambda: stubs.world.run(function, {"takes": limit * 0.85})) == {alarm_of(function, "Duration")}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_is_refused_its_concurrency_raises_its_own_alarm(stubs: Drill, function: str) -> None:
    name = stubs.world.functions.find(function).name
    throttles = MetricId.of("AWS/Lambda", "Throttles", {"FunctionName": name})

    assert stubs.raises(lambda: stubs.watching.report(throttles, 1)) == {alarm_of(function, "Throttles")}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_message_that_nobody_takes_raises_the_queues_alarm(stubs: Drill, queue: str) -> None:
    raised = stubs.raises(lambda: stubs.send(f"{queue}Queue"), within=timedelta(minutes=63))
    stubs.empty(f"{queue}Queue")

    assert raised == {f"{queue}OldestAlarm"}


def test_a_change_that_waits_longer_than_any_deployment_raises_its_queues_alarm(stubs: Drill) -> None:
    assert stubs.raises(lambda: stubs.send("ConfigurationChangesQueue"), within=timedelta(minutes=190)) == set()
    raised = stubs.raises(lambda: None, within=timedelta(minutes=20))
    stubs.empty("ConfigurationChangesQueue")

    assert raised == {"ConfigurationChangesOldestAlarm"}


def test_a_change_that_was_set_aside_raises_an_alarm(stubs: Drill) -> None:
    raised = stubs.raises(lambda: stubs.send("ConfigurationChangesDeadLettersQueue"))
    stubs.empty("ConfigurationChangesDeadLettersQueue")

    assert raised == {"ConfigurationChangesDeadLettersNotEmptyAlarm"}


def test_a_message_that_is_taken_within_the_hour_raises_nothing(stubs: Drill) -> None:
    assert stubs.raises(lambda: stubs.send("HoldRequestsQueue"), within=timedelta(minutes=58)) == set()
    stubs.empty("HoldRequestsQueue")


def test_a_flag_that_waits_in_the_stream_raises_an_alarm(stubs: Drill) -> None:
    name = stubs.world.functions.find("relay_flags").name
    age = MetricId.of("AWS/Lambda", "IteratorAge", {"FunctionName": name})

    assert stubs.raises(lambda: stubs.watching.report(age, 59 * 60_000)) == set()
    assert stubs.raises(lambda: stubs.watching.report(age, 61 * 60_000)) == {"FlagsWaitAlarm"}


def test_contact_records_that_are_not_delivered_raise_an_alarm(stubs: Drill) -> None:
    [stream] = [one for one in stubs.world.resources if one.declaration.type == "AWS::KinesisFirehose::DeliveryStream"]
    age = MetricId.of("AWS/Firehose", "DeliveryToS3.DataFreshness", {"DeliveryStreamName": stream.identity.ref})

    assert stubs.raises(lambda: stubs.watching.report(age, 16 * 60)) == set()
    assert stubs.raises(lambda: stubs.watching.report(age, 3 * 60 * 60)) == {"RecordsNotDeliveredAlarm"}


def test_firehose_that_falls_behind_in_reading_raises_an_alarm(stubs: Drill) -> None:
    """Records that were never read have no freshness (Firehose developer guide, "CloudWatch metrics")."""
    [stream] = [one for one in stubs.world.resources if one.declaration.type == "AWS::KinesisFirehose::DeliveryStream"]
    behind = MetricId.of("AWS/Firehose", "KinesisMillisBehindLatest", {"DeliveryStreamName": stream.identity.ref})

    assert stubs.raises(lambda: stubs.watching.report(behind, 60_000)) == set()
    assert stubs.raises(lambda: stubs.watching.report(behind, 3 * 60 * 60 * 1000)) == {"RecordsNotReadAlarm"}


def test_an_alarm_tells_its_topic_once_and_where_its_section_of_the_runbook_is(stubs: Drill) -> None:
    since = stubs.world.clock.now()
    for _ in range(3):
        stubs.world.run("send_sms", {"fails": True})
        stubs.world.run_until(stubs.world.clock.now() + timedelta(minutes=4))

    [message] = stubs.told(since)
    assert "docs/runbook.md#errors" in message
    stubs.world.run_until(stubs.world.clock.now() + timedelta(hours=1))
