"""Everything that can go wrong has its alarm, and every alarm its section of the runbook."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import msgspec
import pytest
from aws_cdk import aws_kms as kms

from infra.config import ROOT, Deployment, cdk_context, choose
from infra.existing import ExistingAssociation
from infra.parts.alarms import Alarms, anchor
from infra.synthesis import cached_synthesis, synthesize
from steward.ids import RecordClass

Resources = dict[str, Any]

SOMERSET = ROOT / "policies" / "somerset.toml"
RUNBOOK = ROOT / "docs" / "runbook.md"
DRILLS = ROOT / "tests" / "end_to_end" / "watching"
MONTHLY_USD = 0.10
"""Of an alarm on one metric of standard resolution (Amazon CloudWatch pricing, November 2026)."""


def alarms(resources: Resources) -> Resources:
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == "AWS::CloudWatch::Alarm"}


def of_type(resources: Resources, kind: str) -> Resources:
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == kind}


def on(resources: Resources, metric: str, dimension: object) -> list[Any]:
    return [
        alarm
        for alarm in alarms(resources).values()
        if alarm["MetricName"] == metric and dimension in [one["Value"] for one in alarm.get("Dimensions", [])]
    ]


def sections() -> dict[str, str]:
    """Return the runbook's sections by their anchors."""
    parts = re.split(r'<a id="([a-z-]+)"></a>', RUNBOOK.read_text(encoding="utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_alarm_has_its_section_and_every_section_its_alarm(controls: Resources, tmp_path: Path) -> None:
    every = [*alarms(controls).values()]
    # Two controls are deployed by other councils' policies alone.
    for council in ("rhondda-cynon-taf", "somerset"):
        template = cached_synthesis(ROOT / "policies" / f"{council}.toml") / "local-steward-controls.template.json"
        every += alarms(json.loads(template.read_text(encoding="utf-8"))["Resources"]).values()
    # And two by environments that keep a trail of reads, or have a guide for requests during a call.
    local = choose(cdk_context())
    more = msgspec.structs.replace(local.environment, read_trail=True, request_guide=True)
    folder = synthesize(Deployment(name=local.name, environment=more), SOMERSET, tmp_path)
    for stack in ("controls", "request-guide"):
        template = folder / f"local-steward-{stack}.template.json"
        every += alarms(json.loads(template.read_text(encoding="utf-8"))["Resources"]).values()
    named = {alarm["AlarmDescription"].rpartition(" ")[2] for alarm in every}

    assert named == {f"docs/runbook.md#{section}" for section in sections()}


def test_every_section_says_what_it_means_what_to_look_at_and_what_to_do() -> None:
    for section, text in sections().items():
        for part in ("**It means**", "**Look at**", "**Do**"):
            assert part in text, section


def test_the_runbook_names_the_number_of_alarms_and_what_they_cost(controls: Resources) -> None:
    count = len(alarms(controls))

    assert f"{count} alarms" in RUNBOOK.read_text(encoding="utf-8")
    assert f"{count * MONTHLY_USD:.2f} US dollars a month" in RUNBOOK.read_text(encoding="utf-8")


def test_every_function_is_watched_for_errors_throttles_and_its_time_limit(controls: Resources) -> None:
    for name, function in of_type(controls, "AWS::Lambda::Function").items():
        assert len(on(controls, "Errors", {"Ref": name})) == 1
        assert len(on(controls, "Throttles", {"Ref": name})) == 1
        [duration] = on(controls, "Duration", {"Ref": name})
        assert duration["Threshold"] == function["Timeout"] * 1000 * 0.8
        assert duration["Statistic"] == "Maximum"


def test_every_queue_is_watched_by_what_it_is_for(controls: Resources) -> None:
    worked = {
        feed["EventSourceArn"]["Fn::GetAtt"][0]
        for feed in of_type(controls, "AWS::Lambda::EventSourceMapping").values()
        if "Fn::GetAtt" in feed["EventSourceArn"]
    }
    for name in of_type(controls, "AWS::SQS::Queue"):
        metric = "ApproximateAgeOfOldestMessage" if name in worked else "ApproximateNumberOfMessagesVisible"
        assert len(on(controls, metric, {"Fn::GetAtt": [name, "QueueName"]})) == 1, name


def test_a_schedule_is_watched_by_the_heartbeat_of_the_function_that_it_runs(controls: Resources) -> None:
    schedules = of_type(controls, "AWS::Scheduler::Schedule")
    assert len(schedules) == 10
    for schedule in schedules.values():
        function = controls[schedule["Target"]["Arn"]["Fn::GetAtt"][0]]["Properties"]
        [alarm] = on(controls, "Heartbeat", function["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"])
        assert (alarm["TreatMissingData"], len(alarm["InsufficientDataActions"])) == ("missing", 1)
        assert alarm["Period"] * alarm["EvaluationPeriods"] > 25 * 60 * 60, "the longest day of the year"


def test_a_count_is_watched_under_the_function_that_counts_and_its_environment(controls: Resources) -> None:
    folders = {path.name for path in (ROOT / "functions").iterdir()}
    for name, alarm in alarms(controls).items():
        if alarm["Namespace"] == "steward":
            dimensions = {one["Name"]: one["Value"] for one in alarm["Dimensions"]}
            assert dimensions.pop("service") in folders, name
            assert dimensions == {"environment": "local"}, name


def test_one_dashboard_shows_every_alarm(controls: Resources) -> None:
    [dashboard] = of_type(controls, "AWS::CloudWatch::Dashboard").values()
    shown = json.dumps(dashboard["DashboardBody"])

    assert [name for name in alarms(controls) if f'["{name}", "Arn"]' not in shown] == []


def test_every_alarm_is_driven_into_alarm_by_a_drill(controls: Resources) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(DRILLS.glob("test_*.py")))
    named = set(re.findall(r'"(\w+Alarm)"', text))
    [queues] = re.findall(r"^QUEUES = \[(.*?)\]$", text, re.MULTILINE | re.DOTALL)
    for queue in re.findall(r'"(\w+)"', queues):
        assert f'"{queue}", ' in text
        named |= {f"{queue}OldestAlarm", f"{queue}DeadLettersNotEmptyAlarm"}
    for function in of_type(controls, "AWS::Lambda::Function"):
        named |= {f"{function.removesuffix('Function')}{kind}Alarm" for kind in ("Errors", "Throttles", "Duration")}
    for schedule in of_type(controls, "AWS::Scheduler::Schedule"):
        assert f'"{schedule.removesuffix("DailySchedule")}"' in text
        named.add(f"{schedule.removesuffix('Schedule')}DidNotRunAlarm")

    assert alarms(controls).keys() - named == set()


@pytest.mark.parametrize("runbook", ["https://wiki.council.example/steward", "docs/runbook.md"])
def test_an_alarm_ends_with_the_configured_place_of_its_section(runbook: str) -> None:
    stack = cdk.Stack(cdk.App())
    kept = Alarms(stack, "alarms", environment="trial", runbook=runbook, key=kms.Key(stack, "Key"), email=None)
    metric = cdk.aws_cloudwatch.Metric(namespace="steward", metric_name="Example")

    kept.add(stack, "HoldFailed", metric=metric, threshold=1, says="holding a contact failed again")

    [alarm] = alarms(cdk.assertions.Template.from_stack(stack).to_json()["Resources"]).values()
    assert alarm["AlarmDescription"].endswith(f"{runbook}#hold-failed")


def test_an_anchor_is_made_from_a_constructs_name() -> None:
    assert anchor("SmsSpend") == "sms-spend"


def test_records_are_not_counted_while_the_instance_writes_to_another_stream(tmp_path: Path) -> None:
    """Nothing comes that could be counted, and every contact would be told as missing."""
    local = choose(cdk_context())
    old = ExistingAssociation(stream_arn="arn:aws:kinesis:eu-west-2:111122223333:stream/old", stage="import")
    importing = msgspec.structs.replace(local.environment, existing_associations={RecordClass.CONTACT_RECORD: old})
    folder = synthesize(Deployment(name=local.name, environment=importing), SOMERSET, tmp_path)
    template = json.loads((folder / "local-steward-controls.template.json").read_text(encoding="utf-8"))
    names = [name for name in template["Resources"] if name.startswith("CountContactRecords")]
    names += [name for name in template["Resources"] if "RecordsMissing" in name]
    assert names == []
