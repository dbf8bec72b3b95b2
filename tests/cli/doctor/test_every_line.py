"""Each thing that doctor knows to say of an account, one changed answer at a time: a check that went is missed here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from cli.doctor.checks.people import GUIDES
from cli.doctor.examination import outlook
from cli.doctor.expected import Plan, read_plan
from cli.doctor.findings import Severity
from cli.doctor.reading import AbsentError
from infra.config import ROOT, ExistingAssociation, cdk_context, choose
from infra.existing import ExistingBucket
from infra.synthesis import cached_synthesis
from steward.ids import RecordClass
from steward.policy.load import load_policy
from tests.cli.doctor.healthy import HEALTHY, ROLE
from tests.cli.doctor.test_checks import BUCKET, calls, say

INSTANCE: dict[str, Any] = HEALTHY["connect.DescribeInstance"]["Instance"]
ATTRIBUTES: list[dict[str, str]] = HEALTHY["connect.ListInstanceAttributes"]["Attributes"]
QUEUE: dict[str, Any] = HEALTHY["connect.DescribeQueue"]["Queue"]
KEY = "arn:aws:kms:eu-west-2:111122223333:key/recordings"
NOTE, STOP = Severity.NOTE, Severity.STOP


@pytest.fixture(scope="module")
def plan() -> Plan:
    path = ROOT / "policies" / "barnet.toml"
    return read_plan(cached_synthesis(path), choose(cdk_context(), "local"), load_policy(path))


def _stack(status: str, *, protected: bool) -> dict[str, Any]:
    one = {"StackName": "x", "CreationTime": "2026-01-01T00:00:00Z", "StackStatus": status}
    return {"Stacks": [{**one, "EnableTerminationProtection": protected}]}


def _switched(name: str, value: str) -> dict[str, Any]:
    others = [one for one in ATTRIBUTES if one["AttributeType"] != name]
    return {"Attributes": [*others, {"AttributeType": name, "Value": value}]}


def _role(**changes: object) -> Any:  # noqa: ANN401 - an answer
    found = HEALTHY["iam.GetRole"](RoleName="x")["Role"]
    absent = AbsentError("absent")
    return lambda **asked: absent if "steward" in asked["RoleName"] else {"Role": {**found, **changes}}


def _only_ours(**asked: str) -> Any:  # noqa: ANN401 - an answer
    return AbsentError("absent") if asked["RoleName"] == ROLE.rpartition("/")[2] else HEALTHY["iam.GetRole"](**asked)


SAID = [
    ("cloudformation.DescribeStacks", _stack("UPDATE_COMPLETE", protected=False), NOTE, "not protected against"),
    ("cloudformation.DescribeStacks", _stack("UPDATE_IN_PROGRESS", protected=True), STOP, "is being deployed"),
    *(
        ("cloudformation.DescribeStacks", _stack(status, protected=True), STOP, f"is in the state {status}")
        for status in ("DELETE_FAILED", "ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED")
    ),
    (
        "ssm.GetParameter",
        {"/cdk-bootstrap/hnb659fds/version": {"Parameter": {"Value": "5"}}},
        STOP,
        "is bootstrapped with version 5",
    ),
    ("iam.GetRole", _role(Path="/other/"), STOP, "has the path /other/"),
    (
        "iam.GetRole",
        _role(PermissionsBoundary={"PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/boundary"}),
        NOTE,
        "has a permissions boundary",
    ),
    ("iam.GetRole", _only_ours, STOP, "is not in this account, so Connect cannot be given"),
    (
        "connect.DescribeInstance",
        {"Instance": {**INSTANCE, "InstanceStatus": "CREATION_IN_PROGRESS"}},
        STOP,
        "its state is CREATION_IN_PROGRESS",
    ),
    ("connect.ListInstanceAttributes", _switched("OUTBOUND_CALLS", "false"), NOTE, "outbound calls are off"),
    ("connect.ListInstanceAttributes", _switched("EARLY_MEDIA", "true"), NOTE, "early media is on"),
    ("connect.ListInstanceAttributes", _switched("CONTACTFLOW_LOGS", "true"), NOTE, "flow logs are on"),
    (
        "connect.DescribeQueue",
        {"Queue": {**QUEUE, "OutboundCallerConfig": {"OutboundCallerIdNumberId": "number-1"}}},
        NOTE,
        "no outbound whisper flow: Main",
    ),
    (
        "connect.DescribeQueue",
        {"Queue": {**QUEUE, "OutboundCallerConfig": {"OutboundFlowId": "flow-2"}}},
        NOTE,
        "no outbound caller number: Main",
    ),
    ("connect.ListSecurityProfilePermissions", {"Permissions": [GUIDES]}, NOTE, "nobody can use the Complaint form"),
    (
        "connect.ListSecurityProfilePermissions",
        {"Permissions": ["EvaluationForms.Perform"]},
        NOTE,
        f"none has {GUIDES}",
    ),
    ("connect.ListPhoneNumbersV2", HEALTHY["connect.ListPhoneNumbersV2"], NOTE, "1 telephone numbers run no flow"),
    (
        "connect.ListInstanceStorageConfigs",
        calls("REAL_TIME_CONTACT_ANALYSIS_SEGMENTS", BUCKET),
        NOTE,
        "steward leaves it alone",
    ),
    (
        "pinpoint-sms-voice-v2.DescribeSpendLimits",
        HEALTHY["pinpoint-sms-voice-v2.DescribeSpendLimits"],
        NOTE,
        "the month's spending limit is 200 US dollars",
    ),
]


@pytest.mark.parametrize(("changed", "answer", "severity", "said"), SAID, ids=[one[3] for one in SAID])
def test_it_is_said(plan: Plan, changed: str, answer: object, severity: Severity, said: str) -> None:
    lines = say(plan, **{changed: answer})
    assert [one.severity for one in lines if said in one.says][:1] == [severity], [str(one) for one in lines]


def test_a_key_that_is_not_enabled_is_a_stop_whichever_of_the_environment_s_it_is(plan: Plan) -> None:
    environment = msgspec.structs.replace(plan.deployment.environment, contact_record_key_arn=KEY)
    changed = replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=environment))
    for state in ("Disabled", "PendingDeletion"):
        key = {"KeyMetadata": {"KeyId": "recordings", "KeyState": state}}
        lines = say(changed, **{"kms.DescribeKey": key, "kms.ListGrants": {"Grants": []}})
        assert [one.severity for one in lines if one.says == f"{KEY} is in the state {state}"] == [STOP]


def test_a_place_that_is_to_move_is_noted_while_it_is_imported(plan: Plan) -> None:
    place = ExistingAssociation(bucket="connect-made-this", prefix="connect/council/CallRecordings", stage="import")
    environment = msgspec.structs.replace(
        plan.deployment.environment, existing_associations={RecordClass.CALL_RECORDING: place}
    )
    changed = replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=environment))
    lines = say(changed, **{"connect.ListInstanceStorageConfigs": calls("CALL_RECORDINGS", BUCKET)})
    assert [one.severity for one in lines if "is to move to steward's own place" in one.says] == [NOTE]


@pytest.mark.parametrize(
    ("kind", "operation", "member"),
    [
        ("ContactFlowModule", "ListContactFlowModules", "ContactFlowModulesSummaryList"),
        ("View", "ListViews", "ViewsSummaryList"),
    ],
)
def test_a_name_of_ours_that_something_else_has_is_a_stop(plan: Plan, kind: str, operation: str, member: str) -> None:
    name = next(one.name for one in plan.of_type(f"AWS::Connect::{kind}") if one.name)
    lines = say(plan, **{f"connect.{operation}": {member: [{"Id": "another", "Name": name}]}})
    assert [one.severity for one in lines if f"a {kind} named {name}" in one.says] == [STOP]


def test_what_would_be_adopted_and_replaced_is_foretold_and_what_is_left_to_people(plan: Plan) -> None:
    bucket = ExistingBucket(
        name="council-recordings",
        prefix="connect/council/CallRecordings",
        stage="prepare",
        replaces_lifecycle_rules=("old-rule",),
        replaces=("cors",),
    )
    environment = msgspec.structs.replace(
        plan.deployment.environment, existing_buckets={RecordClass.CALL_RECORDING: bucket}
    )
    found = outlook(replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=environment)))
    assert found.made == len(plan.resources)
    assert found.adopted == ("council-recordings (call_recording, stage prepare)",)
    assert found.replaced == ("cors of council-recordings", "the lifecycle rule old-rule of council-recordings")
    assert any("whisper flow" in one for one in found.by_a_person)
