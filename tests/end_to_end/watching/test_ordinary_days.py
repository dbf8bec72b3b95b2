"""On ordinary days nobody is called: complaints, texts and payments included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.aws.account.start import embedded_aws
from simulator.aws.cloudwatch import Watching
from tests.end_to_end.payments.calls import Calls
from tests.end_to_end.watching.centre import Centre
from tests.end_to_end.watching.drill import Drill

BEFORE_THE_CLOCKS_GO_BACK = datetime(2027, 10, 29, 12, 0, tzinfo=UTC)
"""A Friday; the Sunday after it has 25 hours."""

FIRST_MONTH = "StatementNotShownAlarm"
"""Steward is deployed on the 29th: October's statement cannot show what left before the first count, and says so."""

HEARTBEATS = {
    f"{name}DailyDidNotRunAlarm"
    for name in (
        "CountContactRecords",
        "GuardPayments",
        "MaintainHolds",
        "RepeatOrders",
        "ReplayErasures",
        "RetireContactRecords",
        "WatchDisclosures",
        "WatchRequests",
        "WriteStatement",
        "CompareConfiguration",
    )
}


@pytest.fixture(scope="module")
def ordinary(assembly: Path) -> Iterator[Drill]:
    with embedded_aws(assembly, BEFORE_THE_CLOCKS_GO_BACK) as world:
        drill = Drill(world, Watching(world))
        world.run_until(BEFORE_THE_CLOCKS_GO_BACK + timedelta(hours=1))
        _spend_the_day(drill)
        world.run_until(BEFORE_THE_CLOCKS_GO_BACK + timedelta(days=4))
        yield drill


def _spend_the_day(drill: Drill) -> None:
    centre = Centre(drill)
    for days in range(1, 4):
        centre.contact(ago=timedelta(days=days))
    centre.complain(centre.contact(), "C-1")
    assert centre.consent()["status"] == "recorded"
    assert centre.text()["status"] == "sent"
    assert centre.consent("withdrawn")["status"] == "recorded"
    call = Calls(drill.world)
    assert call.ask("pause")["status"] == "paused"
    call.later(minutes=3)
    assert call.ask("resume")["status"] == "recording"
    call.end()
    call.event("DISCONNECTED")
    now = drill.world.clock.now().isoformat()
    drill.world.contact_record({"ContactId": call.ids[-1], "InitiationTimestamp": now, "DisconnectTimestamp": now})


def test_nothing_is_raised_not_even_by_daily_jobs_before_their_first_night(ordinary: Drill) -> None:
    assert ordinary.watching.raised(BEFORE_THE_CLOCKS_GO_BACK) == [FIRST_MONTH]
    assert {alarm for alarm in HEARTBEATS if ordinary.watching.state(alarm) != "OK"} == set()


def test_the_next_days_are_quiet_although_one_has_25_hours(ordinary: Drill) -> None:
    assert ordinary.watching.in_alarm() <= {FIRST_MONTH}
    assert ordinary.watching.raised(BEFORE_THE_CLOCKS_GO_BACK + timedelta(days=1)) == [FIRST_MONTH]
    [told] = ordinary.told(BEFORE_THE_CLOCKS_GO_BACK + timedelta(days=1))
    assert "the month's statement could not show something" in told


def test_every_count_leaves_under_the_name_of_its_function_and_environment(ordinary: Drill) -> None:
    counted = [metric for metric in ordinary.watching.metrics if metric.namespace == "steward"]

    assert {dict(metric.dimensions)["service"] for metric in counted} <= {
        one.short_name for one in ordinary.world.functions
    }
    assert {dict(metric.dimensions)["environment"] for metric in counted} == {"local"}
    assert all(len(metric.dimensions) == 2 for metric in counted)


def test_the_dashboard_is_one_that_cloudwatch_can_read(ordinary: Drill) -> None:
    [dashboard] = [one for one in ordinary.world.resources if one.declaration.type == "AWS::CloudWatch::Dashboard"]
    widgets = json.loads(dashboard.declaration.properties["DashboardBody"])["widgets"]

    assert {widget["type"] for widget in widgets} == {"text", "alarm", "metric"}
    assert all(widget["x"] + widget["width"] <= 24 for widget in widgets)
    shown = [widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm"]
    assert sum(len(alarms) for alarms in shown) == len(ordinary.watching.alarms)
    assert max(len(alarms) for alarms in shown) <= 100, "CloudWatch shows 100 in a widget at most"


def test_no_function_warns_that_it_has_nothing_to_count(ordinary: Drill) -> None:
    assert [line for line in ordinary.world.logs if "No application metrics" in line.text] == []
