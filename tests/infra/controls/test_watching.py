"""Everything that can go wrong has its alarm, and every alarm its section of the runbook."""

from __future__ import annotations

import json
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from infra.config import ROOT
from infra.parts.alarms import Alarms, anchor
from infra.synthesis import cached_synthesis
from tests.infra.conftest import read_resource_file, read_resources
from tests.support.synthesised import (
    EMAILS,
    reworded_while_importing,
    with_a_trail_of_reads,
    with_every_option,
)

Resources = dict[str, Any]

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


def test_every_alarm_has_its_section_and_every_section_its_alarm(controls: Resources) -> None:
    every = [*alarms(controls).values()]
    # Others are deployed by another council's policy, or by an entry with a trail of reads or a guide for requests.
    for assembly, stack in (
        (cached_synthesis(ROOT / "policies" / "rhondda-cynon-taf.toml"), "controls"),
        (with_a_trail_of_reads(), "controls"),
        (with_every_option(), "request-guide"),
    ):
        every += alarms(read_resource_file(assembly / f"local-steward-{stack}.template.json")).values()
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
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(DRILLS.rglob("test_*.py")))
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


def test_an_address_that_an_entry_names_is_told_by_a_subscription_with_an_id_of_its_own() -> None:
    found = {
        one["Endpoint"]: name
        for name, one in of_type(read_resources(with_every_option()), "AWS::SNS::Subscription").items()
        if one["Protocol"] == "email"
    }
    assert found == {
        EMAILS["complaints"]: "ComplaintsTopicEmail",
        EMAILS["data_protection"]: "DataProtectionTopicEmail",
        EMAILS["information"]: "InformationTopicEmail",
        EMAILS["supervisors"]: "SupervisorsTopicEmail",
        EMAILS["operations"]: "AlarmTopicEmail",
    }


def test_an_anchor_is_made_from_a_constructs_name() -> None:
    assert anchor("SmsSpend") == "sms-spend"


def test_records_are_not_counted_while_the_instance_writes_to_another_stream(controls: Resources) -> None:
    """Nothing comes that could be counted, and every contact would be told as missing."""

    def counting(resources: Resources) -> list[str]:
        return [name for name in resources if name.startswith("CountContactRecords") or "RecordsMissing" in name]

    importing = read_resource_file(reworded_while_importing() / "local-steward-controls.template.json")
    assert counting(controls)
    assert counting(importing) == []
