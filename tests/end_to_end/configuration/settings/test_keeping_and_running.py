"""The comparison of keys, tables, queues, functions, rules and schedules: each setting that somebody changes is one.

They are changed together, each of another resource, and compared once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from simulator.aws.account.account import EmbeddedAws
from tests.end_to_end.configuration.conftest import Live
from tests.end_to_end.configuration.settings.rounds import Change, Found, found

ANYBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Anybody", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def physical(live: Live, logical: str) -> str:
    """Return what the resource is called whose logical id begins so."""
    [name] = {
        one.identity.ref
        for one in live.world.resources
        if one.declaration.logical_id.rstrip("0123456789ABCDEF") == logical
    }
    return name


def key(logical: str, operation: str, **arguments: object) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        getattr(live.world.client("kms"), operation)(KeyId=physical(live, logical), **arguments)

    return act


def table(logical: str, operation: str, **arguments: object) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        getattr(live.world.client("dynamodb"), operation)(TableName=physical(live, logical), **arguments)

    return act


def unprotect(live: Live) -> None:
    client = live.world.client("dynamodb")
    arn = client.describe_table(TableName=physical(live, "PaymentRegister"))["Table"]["TableArn"]
    client.delete_resource_policy(ResourceArn=arn)


def queue(logical: str, **attributes: str) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        queues, url = live.world.client("sqs"), physical(live, logical)
        # moto forgets the policy where a request does not repeat it; SQS keeps it.
        kept = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]
        queues.set_queue_attributes(QueueUrl=url, Attributes={**kept, **attributes})

    return act


PLACES_HOLDS, RELEASES_HOLDS = "local-steward-place_hold", "local-steward-release_hold"


def function(name: str = PLACES_HOLDS, **settings: object) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        live.world.functions.settings.functions[name].update(settings)

    return act


def feed(logical: str, **settings: object) -> Callable[[Live], None]:
    def act(live: Live) -> None:
        live.world.functions.settings.feeds[physical(live, logical)].update(settings)

    return act


def streamed(live: Live) -> None:
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    live.world.client("dynamodb").update_table(TableName=physical(live, "Decisions"), StreamSpecification=stream)


def named(live: Live, rule: str) -> dict[str, str]:
    bus, _, name = physical(live, rule).rpartition("|")
    return {"Name": name, "EventBusName": bus or "default"}


def rule_off(live: Live) -> None:
    live.world.client("events").disable_rule(**named(live, "PausedContactsRule"))


def rule_of_less(live: Live) -> None:
    pattern = json.dumps({"source": ["steward.complaints"], "detail-type": ["Complaint Logged"]})
    live.world.client("events").put_rule(EventPattern=pattern, **named(live, "ComplaintEventsRule"))


def rule_to_nobody(live: Live) -> None:
    names = named(live, "ReleaseEventsRule")
    names["Rule"] = names.pop("Name")
    live.world.client("events").remove_targets(Ids=["Target0"], **names)


def schedule(logical: str, **changes: Any) -> Callable[[Live], None]:  # noqa: ANN401 - fields by name
    def act(live: Live) -> None:
        client, where = live.world.client("scheduler"), {"GroupName": "local-steward-daily"}
        name = physical(live, logical)
        there = client.get_schedule(Name=name, **where)
        kept = {one: there[one] for one in ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow")}
        target = {**there["Target"], **changes.pop("target", {})}
        client.update_schedule(Name=name, **where, **{**kept, "Target": target, **changes})

    return act


def gone(live: Live) -> None:
    live.world.functions.settings.functions.pop("local-steward-watch_requests")


def with_a_number(live: Live) -> None:
    there = live.world.functions.settings.functions[RELEASES_HOLDS]["Environment"]["Variables"]
    function(RELEASES_HOLDS, Environment={"Variables": {**there, "NUMBER": "+447400900264"}})(live)


_DONE: dict[str, tuple[Callable[[Live], None], str]] = {
    "HeldKey/state": (key("HeldKey", "disable_key"), "stop"),
    "RecordsKey/policy": (
        key("RecordsKey", "put_key_policy", PolicyName="default", Policy=json.dumps(ANYBODY)),
        "high",
    ),
    "RightsKey/rotation": (key("RightsKey", "disable_key_rotation"), "medium"),
    "RegisterTable/restoring to a point in time": (
        table(
            "RegisterTable",
            "update_continuous_backups",
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
        ),
        "high",
    ),
    "RightsRequests/expiry of rows": (
        table(
            "RightsRequests",
            "update_time_to_live",
            TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"},
        ),
        "stop",
    ),
    "PaymentRegister/policy": (unprotect, "high"),
    "Decisions/copies": (streamed, "high"),
    "HoldReleasesQueue/settings": (queue("HoldReleasesQueue", SqsManagedSseEnabled="false"), "high"),
    "Consents/protection against deletion": (table("Consents", "update_table", DeletionProtectionEnabled=True), "high"),
    "HoldRequestsQueue/settings": (queue("HoldRequestsQueue", MessageRetentionPeriod="60"), "high"),
    "ReleaseRequestsQueuePolicy/policy": (queue("ReleaseRequestsQueue", Policy=json.dumps(ANYBODY)), "high"),
    "PlaceHoldFunction/settings": (function(Role="arn:aws:iam::111122223333:role/anybody"), "high"),
    "DecideFunction/environment": (
        function("local-steward-decide", Environment={"Variables": {"HOLD_BUCKET": "elsewhere"}}),
        "high",
    ),
    "ReleaseHoldFunction/environment": (with_a_number, "high"),
    "WatchRequestsFunction/is there": (gone, "high"),
    "RepeatOrdersFunction/reserved concurrency": (
        function("local-steward-repeat_orders", ReservedConcurrentExecutions=0),
        "high",
    ),
    "PlaceHoldFeed/switched on": (feed("PlaceHoldFeed", Enabled=False), "high"),
    "ReleaseHoldFeed/what it brings": (
        feed("ReleaseHoldFeed", FilterCriteria={"Filters": [{"Pattern": '{"body": {"a": [1]}}'}]}),
        "high",
    ),
    "DecideFeed/what becomes of failures": (feed("DecideFeed", FunctionResponseTypes=[]), "stop"),
    "RelayFlagsFeed/what becomes of failures": (feed("RelayFlagsFeed", DestinationConfig={"OnFailure": {}}), "stop"),
    "RemoveCardDataFeed/how much at once": (
        feed("RemoveCardDataFeed", ScalingConfig={"MaximumConcurrency": 50}),
        "medium",
    ),
    "PausedContactsRule/switched on": (rule_off, "high"),
    "ComplaintEventsRule/events": (rule_of_less, "high"),
    "ReleaseEventsRule/targets": (rule_to_nobody, "high"),
    "RepeatOrdersDailySchedule/switched on": (schedule("RepeatOrdersDailySchedule", State="DISABLED"), "high"),
    "MaintainHoldsDailySchedule/time": (
        schedule("MaintainHoldsDailySchedule", ScheduleExpression="cron(0 2 1 1 ? *)"),
        "high",
    ),
    "GuardPaymentsDailySchedule/what it runs": (
        schedule("GuardPaymentsDailySchedule", target={"Input": '{"on_demand": true}'}),
        "high",
    ),
}
CHANGES = {setting: Change(act, {setting: harm}) for setting, (act, harm) in _DONE.items()}


@pytest.fixture(scope="module")
def changed(deployed: EmbeddedAws) -> Found:
    return found(deployed, CHANGES)


@pytest.mark.parametrize("setting", CHANGES)
def test_each_setting_is_compared(changed: Found, setting: str) -> None:
    harms = {name: finding["harm"] for name, finding in changed.of[setting].items()}
    assert harms == dict(CHANGES[setting].differ)


def test_nothing_else_differs_by_that(changed: Found) -> None:
    assert changed.besides == []


def test_what_somebody_put_into_a_variable_is_in_no_finding(changed: Found) -> None:
    [finding] = changed.of["ReleaseHoldFunction/environment"].values()
    assert "NUMBER: SHA-256 " in finding["found"]
    assert "447400900264" not in json.dumps(finding)


def test_a_function_that_is_gone_is_said_not_to_be_there(changed: Found) -> None:
    [finding] = changed.of["WatchRequestsFunction/is there"].values()
    assert finding["found"] == "not there"


def test_code_that_somebody_put_in_place_of_what_was_deployed_is_a_finding_until_it_is_back(live: Live) -> None:
    """Lambda API reference, FunctionConfiguration: ``CodeSha256`` is of the archive, which no template names."""
    deployed = live.world.functions.settings.functions["local-steward-place_hold"]
    assert live.findings() == {}
    function(CodeSha256="c29tZWJvZHkgZWxzZSdz")(live)

    [(found, finding)] = live.findings().items()
    assert (found, finding["harm"]) == ("PlaceHoldFunction/code", "high")
    assert finding["found"] == "c29tZWJvZHkgZWxzZSdz"
    deployed.pop("CodeSha256")
    assert live.findings() == {}
