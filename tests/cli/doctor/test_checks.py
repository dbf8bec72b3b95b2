"""What doctor says of an account, one changed answer at a time. Sources: the checks' own docstrings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.doctor.examination import CHECKS, examine, outlook, policy_text
from cli.doctor.expected import Plan, read_plan
from cli.doctor.findings import Line, Severity, exit_status
from cli.doctor.reading import AbsentError
from infra.config import ROOT, cdk_context, choose
from infra.synthesis import cached_synthesis
from steward.policy.load import load_policy
from tests.cli.doctor.healthy import ARN, HEALTHY, CannedAccount, refused

BUCKET: dict[str, Any] = {
    "AssociationId": "association-1",
    "StorageType": "S3",
    "S3Config": {"BucketName": "connect-made-this", "BucketPrefix": "connect/council/CallRecordings"},
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    path = ROOT / "policies" / "barnet.toml"
    return read_plan(cached_synthesis(path), choose(cdk_context(), "local"), load_policy(path))


def say(plan: Plan, **changes: object) -> list[Line]:
    return list(examine(CannedAccount(**{name.replace("__", "."): value for name, value in changes.items()}), plan))


def stops(lines: list[Line]) -> list[str]:
    return [str(line) for line in lines if line.severity is Severity.STOP]


def calls(kind: str, config: dict[str, Any]) -> Any:  # noqa: ANN401
    return lambda **asked: {"StorageConfigs": [config] if asked["ResourceType"] == kind else []}


def test_a_healthy_account_and_a_fresh_instance_have_no_stop_and_nothing_unread(plan: Plan) -> None:
    lines = say(plan)
    assert stops(lines) == []
    assert exit_status(lines) == 0
    assert outlook(plan).made == len(plan.resources)


def test_every_stop_names_what_mends_it(plan: Plan) -> None:
    unwell = say(
        plan,
        sts__GetCallerIdentity={"Account": "999988887777"},
        connect__ListInstanceStorageConfigs=calls("CALL_RECORDINGS", BUCKET),
        lambda__GetAccountSettings={"AccountLimit": {"UnreservedConcurrentExecutions": 10}},
    )
    assert len(stops(unwell)) == 3
    assert all(line.mend for line in unwell if line.severity is Severity.STOP)
    assert exit_status(unwell) == 1


@pytest.mark.parametrize(
    ("changed", "answer", "said"),
    [
        ("sts.GetCallerIdentity", {"Account": "999988887777"}, "the credentials in use are for 999988887777"),
        ("ssm.GetParameter", {}, "is not bootstrapped with the qualifier hnb659fds"),
        ("iam.GetRole", AbsentError("absent"), "only the account's root could undo that"),
        ("connect.DescribeInstance", AbsentError("absent"), "there is no such instance"),
        (
            "connect.DescribeInstance",
            {"Instance": {**HEALTHY["connect.DescribeInstance"]["Instance"], "ServiceRole": "arn:aws:iam::1:role/old"}},
            "no service-linked role",
        ),
        ("connect.ListInstanceAttributes", {"Attributes": []}, "Contact Lens is off"),
        ("connect.ListInstanceStorageConfigs", calls("CALL_RECORDINGS", BUCKET), "CALL_RECORDINGS goes to the bucket"),
        ("connect.ListLambdaFunctions", {"LambdaFunctions": []}, "the payment provider's function is not associated"),
        ("connect.DescribeQueue", AbsentError("absent"), "the instance has no queue"),
        (
            "connect.ListContactFlows",
            {"ContactFlowSummaryList": [{"Id": "flow-9", "Name": "local-steward-inbound"}]},
            "a ContactFlow named local-steward-inbound",
        ),
        (
            "connect.ListEvaluationForms",
            {
                "EvaluationFormSummaryList": [
                    {
                        "EvaluationFormId": "form-9",
                        "EvaluationFormArn": f"{ARN}/evaluation-form/9",
                        "Title": "Complaint",
                        "CreatedTime": "2026-01-01T00:00:00Z",
                        "CreatedBy": "arn:aws:iam::111122223333:user/x",
                        "LastModifiedTime": "2026-01-01T00:00:00Z",
                        "LastModifiedBy": "arn:aws:iam::111122223333:user/x",
                        "LatestVersion": 1,
                    }
                ]
            },
            "an EvaluationForm named Complaint",
        ),
        ("lambda.GetAccountSettings", {"AccountLimit": {"UnreservedConcurrentExecutions": 10}}, "may run 10 functions"),
        ("events.DescribeEventBus", {"Name": "local-steward"}, "belongs to none of the environment's stacks"),
        (
            "pinpoint-sms-voice-v2.DescribeAccountAttributes",
            {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": "SANDBOX"}]},
            "SMS sandbox",
        ),
        ("pinpoint-sms-voice-v2.DescribeSenderIds", AbsentError("absent"), "is not in this account and region"),
    ],
)
def test_what_would_fail_or_break_a_promise_is_a_stop(plan: Plan, changed: str, answer: object, said: str) -> None:
    found = stops(say(plan, **{changed: answer}))
    assert any(said.replace("an EvaluationForm", "a EvaluationForm") in line for line in found), found


def test_a_failed_stack_under_protection_is_a_stop_with_the_command_that_frees_it(plan: Plan) -> None:
    stack = {
        "StackName": "local-steward-stores",
        "CreationTime": "2026-01-01T00:00:00Z",
        "StackStatus": "ROLLBACK_COMPLETE",
        "EnableTerminationProtection": True,
    }
    lines = say(plan, **{"cloudformation.DescribeStacks": {"Stacks": [stack]}})
    [first, *_] = stops(lines)
    assert "is protected against that" in first
    assert "--no-enable-termination-protection --stack-name local-steward-stores" in first
    free = say(plan, **{"cloudformation.DescribeStacks": {"Stacks": [{**stack, "EnableTerminationProtection": False}]}})
    assert stops(free) == []


def test_what_the_environments_own_stack_made_is_neither_taken_nor_left_over(plan: Plan) -> None:
    own = {
        "StackResourceSummaries": [
            {
                "LogicalResourceId": "CallRecordingAssociation",
                "PhysicalResourceId": f"arn:aws:connect:x|{BUCKET['AssociationId']}|CALL_RECORDINGS",
                "ResourceType": "AWS::Connect::InstanceStorageConfig",
                "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
                "ResourceStatus": "CREATE_COMPLETE",
            },
            {
                "LogicalResourceId": "Bus",
                "PhysicalResourceId": "local-steward",
                "ResourceType": "AWS::Events::EventBus",
                "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
                "ResourceStatus": "CREATE_COMPLETE",
            },
        ]
    }
    lines = say(
        plan,
        **{
            "cloudformation.ListStackResources": own,
            "connect.ListInstanceStorageConfigs": calls("CALL_RECORDINGS", BUCKET),
            "events.DescribeEventBus": {"Name": "local-steward"},
        },
    )
    assert stops(lines) == []


def test_a_stream_with_another_key_than_the_recordings_stays_silent_and_is_a_stop(plan: Plan) -> None:
    stated, in_force = (f"arn:aws:kms:eu-west-2:111122223333:key/{name}" for name in ("stated", "in-force"))
    environment = msgspec.structs.replace(plan.deployment.environment, contact_record_key_arn=stated)
    changed = replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=environment))
    config = {
        **BUCKET,
        "S3Config": {**BUCKET["S3Config"], "EncryptionConfig": {"EncryptionType": "KMS", "KeyId": in_force}},
    }
    key = {"KeyMetadata": {"KeyId": "stated", "KeyState": "Enabled"}}
    answers = {"connect.ListInstanceStorageConfigs": calls("CALL_RECORDINGS", config), "kms.DescribeKey": key}
    assert any("reports no error" in line for line in stops(say(changed, **answers)))


@pytest.mark.parametrize("operation", [name for name in HEALTHY if not isinstance(HEALTHY[name], AbsentError)])
def test_what_may_not_be_read_is_skipped_never_a_pass_and_stops_no_other_check(plan: Plan, operation: str) -> None:
    lines = say(plan, **{operation: refused(operation)})
    unread = [line for line in lines if line.severity is Severity.SKIPPED]
    assert unread or operation == "sns.ListSubscriptionsByTopic"
    assert all(operation in line.says and "doctor-policy.json" in line.mend for line in unread)
    assert stops(lines) == []
    if unread:
        assert exit_status(lines) == 2
    assert {line.check for line in lines} >= {"instance", "capacity"} - {line.check for line in unread} - {"instance"}


def test_the_shipped_policy_allows_every_call_that_is_made_and_only_reading(plan: Plan) -> None:
    account = CannedAccount()
    list(examine(account, plan))
    shipped = json.loads((ROOT / "deployment" / "doctor-policy.json").read_text(encoding="utf-8"))
    [statement] = shipped["Statement"]
    assert account.actions <= set(statement["Action"])
    assert all(action.split(":")[1].startswith(("Describe", "Get", "List")) for action in statement["Action"])
    assert (ROOT / "deployment" / "doctor-policy.json").read_text(encoding="utf-8") == policy_text()


def test_every_check_looks_at_something(plan: Plan) -> None:
    for name, check in CHECKS.items():
        account = CannedAccount()
        list(check(account, plan))
        assert account.actions or name == "keys", name


def test_the_page_on_deploying_names_the_policy_file() -> None:
    assert "deployment/doctor-policy.json" in Path("docs/deploying.md").read_text(encoding="utf-8")
