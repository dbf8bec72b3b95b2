"""Schedules of templates and of functions fire at their own moments."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from simulator.aws.cloudformation.resource import TemplateError

if TYPE_CHECKING:
    from tests.simulator.aws.conftest import Assembly


def _schedule(assembly: Assembly, expression: str, **properties: object) -> None:
    assembly.function("Worker")
    target = {
        "Arn": {"Fn::GetAtt": ["Worker", "Arn"]},
        "RoleArn": "arn:aws:iam::111122223333:role/schedule",
        "Input": '{"run":"<aws.scheduler.scheduled-time>"}',
        "RetryPolicy": {"MaximumRetryAttempts": "2"},
    }
    assembly.add(
        "Nightly",
        "AWS::Scheduler::Schedule",
        Name="nightly",
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
        **properties,
    )


def test_a_nightly_schedule_in_london_fires_at_two_utc_in_summer_and_three_in_winter(assembly: Assembly) -> None:
    _schedule(assembly, "cron(0 3 * * ? *)", ScheduleExpressionTimezone="Europe/London")
    world = assembly.start(datetime(2026, 3, 27, 12, 0, tzinfo=UTC))
    world.run_until(datetime(2026, 3, 30, 12, 0, tzinfo=UTC))
    assert [json.loads(line.text)["run"] for line in world.logs] == [
        "2026-03-28T03:00:00Z",
        "2026-03-29T02:00:00Z",
        "2026-03-30T02:00:00Z",
    ]
    assert [line.at.hour for line in world.logs] == [3, 2, 2]


def test_a_disabled_schedule_never_fires(assembly: Assembly) -> None:
    _schedule(assembly, "rate(1 hour)", State="DISABLED")
    world = assembly.start()
    world.run_until(world.clock.now() + timedelta(days=1))
    assert world.calls["worker"]["invocations"] == 0


def test_a_schedule_that_ends_on_a_date_is_refused_by_name(assembly: Assembly) -> None:
    _schedule(assembly, "rate(1 hour)", EndDate="2026-01-05T12:30:00.000Z")
    with pytest.raises(TemplateError, match="nightly starts or ends on a date"):
        assembly.start()


def test_a_rule_on_a_schedule_delivers_a_scheduled_event(assembly: Assembly) -> None:
    assembly.function("Worker")
    assembly.permit("Worker")
    targets = [{"Id": "Target0", "Arn": {"Fn::GetAtt": ["Worker", "Arn"]}}]
    assembly.add("Hourly", "AWS::Events::Rule", ScheduleExpression="rate(1 hour)", State="ENABLED", Targets=targets)
    world = assembly.start()
    world.run_until(world.clock.now() + timedelta(hours=2))
    assert [json.loads(line.text)["detail-type"] for line in world.logs] == ["Scheduled Event"] * 2


PLAN = """
import boto3

def handler(event, context):
    schedules = boto3.client("scheduler")
    if event.get("plan"):
        target = {"Arn": context.invoked_function_arn, "RoleArn": "arn:aws:iam::111122223333:role/r", "Input": "{}"}
        schedules.create_schedule(
            Name="later", ScheduleExpression=event["plan"], FlexibleTimeWindow={"Mode": "OFF"}, Target=target,
        )
    if event.get("forget"):
        schedules.delete_schedule(Name="later")
"""


def test_a_function_s_own_one_time_schedule_fires_once(assembly: Assembly) -> None:
    assembly.function("Worker", PLAN)
    world = assembly.start()
    world.invoke("worker", {"plan": "at(2026-01-05T09:15:00)"})
    world.run_until(world.clock.now() + timedelta(minutes=14))
    assert world.calls["worker"]["invocations"] == 1
    world.run_until(world.clock.now() + timedelta(days=2))
    assert world.calls["worker"]["invocations"] == 2


def test_a_deleted_schedule_does_not_fire_even_when_one_of_the_same_name_follows(assembly: Assembly) -> None:
    assembly.function("Worker", PLAN)
    world = assembly.start()
    world.invoke("worker", {"plan": "at(2026-01-05T09:15:00)"})
    world.invoke("worker", {"forget": True})
    world.invoke("worker", {"plan": "at(2026-01-05T10:00:00)"})
    world.run_until(datetime(2026, 1, 5, 9, 59, tzinfo=UTC))
    assert world.calls["worker"]["invocations"] == 3
    world.run_until(datetime(2026, 1, 5, 10, 0, tzinfo=UTC))
    assert world.calls["worker"]["invocations"] == 4


def test_what_a_schedule_cannot_reach_goes_to_its_dead_letter_queue(assembly: Assembly) -> None:
    _schedule(assembly, "rate(1 hour)")
    assembly.queue("Dead")
    target = assembly.resources["Nightly"]["Properties"]["Target"]
    target["Arn"] = "arn:aws:lambda:eu-west-2:111122223333:function:gone"
    target["DeadLetterConfig"] = {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}}
    world = assembly.start()
    world.run_until(world.clock.now() + timedelta(hours=1))
    assert len(world.dead_letters()) == 1
