"""What doctor says of an account, one changed answer at a time. Sources: the checks' own docstrings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cli.doctor.checks.people import TOLD
from cli.doctor.examination import CHECKS, examine, outlook, policy_text
from cli.doctor.expected import Plan, read_plan
from cli.doctor.findings import Line, Severity, exit_status
from cli.doctor.reading import AbsentError
from infra.config import ROOT, Environment, ExistingAssociation, cdk_context, choose
from infra.synthesis import cached_synthesis
from steward.ids import RecordClass
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


def test_a_transfer_out_without_a_number_to_show_is_a_note(plan: Plan) -> None:
    settings = plan.deployment.environment.contact_flows
    assert settings is not None
    for caller_id, noted in ((None, True), ("+442083592000", False)):
        shown = msgspec.structs.replace(settings, caller_id=caller_id, transfer_numbers=("+442071838750",))
        environment = msgspec.structs.replace(plan.deployment.environment, contact_flows=shown)
        changed = replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=environment))
        assert any("no caller_id" in line.says for line in say(changed)) is noted


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
    answers = {
        "connect.ListInstanceStorageConfigs": calls("CALL_RECORDINGS", config),
        "kms.DescribeKey": key,
        "kms.ListGrants": {"Grants": []},
    }
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
    # Simulating changes nothing: its access level is "Read" (Service Authorization Reference, IAM).
    reading = ("Describe", "Get", "List", "SimulatePrincipalPolicy")
    assert all(action.split(":")[1].startswith(reading) for action in statement["Action"])
    assert (ROOT / "deployment" / "doctor-policy.json").read_text(encoding="utf-8") == policy_text()


def test_every_check_looks_at_something(plan: Plan) -> None:
    for name, check in CHECKS.items():
        account = CannedAccount()
        list(check(account, plan))
        assert account.actions or name == "keys", name


def test_the_page_on_deploying_names_the_policy_file() -> None:
    assert "deployment/doctor-policy.json" in Path("docs/deploying.md").read_text(encoding="utf-8")


def test_what_the_organisation_refuses_the_deploying_role_is_a_stop(plan: Plan) -> None:
    result = {
        "EvalActionName": "s3:PutBucketObjectLockConfiguration",
        "EvalDecision": "explicitDeny",
        "OrganizationsDecisionDetail": {"AllowedByOrganizations": False},
    }
    [refused_to] = stops(say(plan, **{"iam.SimulatePrincipalPolicy": {"EvaluationResults": [result]}}))
    assert "may not s3:PutBucketObjectLockConfiguration (by the organisation)" in refused_to


def test_an_instance_without_room_for_our_flows_is_a_stop(plan: Plan) -> None:
    quota = {"Quotas": [{"QuotaName": "Flows per instance", "Value": 3.0}]}
    [full] = stops(say(plan, **{"service-quotas.ListServiceQuotas": quota}))
    assert "Flows per instance: 3 (by default 100); the instance has 1 of its own" in full


def test_it_says_which_flows_the_numbers_run_and_which_run_none(plan: Plan) -> None:
    says = [line.says for line in say(plan) if line.check == "numbers"]
    assert says == ["1 telephone numbers run the flow Main line", "1 telephone numbers run no flow"]


def test_a_function_or_role_of_an_earlier_attempt_is_a_stop(plan: Plan) -> None:
    found = {"FunctionName": "local-steward-place_hold"}
    assert any(
        "AWS::Lambda::Function" in line for line in stops(say(plan, **{"lambda.GetFunctionConfiguration": found}))
    )


def test_single_sign_on_and_a_root_user_without_a_second_factor_are_noted(plan: Plan) -> None:
    arn = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/a.person"
    lines = say(
        plan,
        sts__GetCallerIdentity={"Account": "111122223333", "Arn": arn},
        iam__GetAccountSummary={"SummaryMap": {"AccountMFAEnabled": 0}},
    )
    says = " ".join(line.says for line in lines if line.check == "sign-in")
    assert "IAM Identity Center" in says
    assert "root user has no second factor" in says


@pytest.mark.parametrize(
    ("subscribed", "said"),
    [
        (["PendingConfirmation"], ["{key}: waits to be confirmed; until then nobody is told there"]),
        (["arn:aws:sns:eu-west-2:111122223333:t:1", "PendingConfirmation"], ["{key}: has a subscription that waits"]),
        ([], ["{key}: nobody is subscribed; it was not confirmed within 48 hours, or was ended"]),
        (["Deleted"], ["{key}: nobody is subscribed; it was not confirmed within 48 hours, or was ended"]),
        (["arn:aws:sns:eu-west-2:111122223333:t:1"], []),
    ],
    ids=["waits", "one of two waits", "taken back", "ended", "confirmed"],
)
@pytest.mark.parametrize("key", [name for name in Environment.__struct_fields__ if name.endswith("_email")])
def test_of_each_key_that_says_who_is_told_it_is_seen_whether_anybody_is(
    plan: Plan, key: str, subscribed: list[str], said: list[str]
) -> None:
    [topic] = [one for one, of in TOLD.items() if of == key]
    named = msgspec.structs.replace(plan.deployment.environment, **{key: "team@council.example"})
    changed = replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=named))
    [declared] = [one for one in plan.of_type("AWS::SNS::Topic") if one.logical_id.startswith(topic)]
    arn = f"arn:aws:sns:eu-west-2:111122223333:{declared.stack}-{declared.logical_id}-Ab1"
    lines = say(
        changed,
        sns__ListTopics={"Topics": [{"TopicArn": "arn:aws:sns:eu-west-2:111122223333:other"}, {"TopicArn": arn}]},
        sns__ListSubscriptionsByTopic={"Subscriptions": [{"SubscriptionArn": one} for one in subscribed]},
    )
    found = [line for line in lines if line.check == "told"]
    noted = [line for line in found if line.severity is Severity.NOTE]
    assert len(found) == 1
    assert len(noted) == len(said)
    for line, words in zip(noted, said, strict=True):
        assert line.says.startswith(words.format(key=key))
        assert "team@council.example" not in str(line)


def test_a_topic_that_has_nobody_to_tell_is_noted_by_the_key_that_would_name_them(plan: Plan) -> None:
    unnamed = msgspec.structs.replace(plan.deployment.environment, supervisors_email=None)
    changed = replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=unnamed))
    [declared] = [one for one in plan.of_type("AWS::SNS::Topic") if one.logical_id.startswith("SupervisorsTopic")]
    arn = f"arn:aws:sns:eu-west-2:111122223333:{declared.stack}-{declared.logical_id}-Ab1"
    lines = say(changed, sns__ListTopics={"Topics": [{"TopicArn": arn}]})
    assert [line.says for line in lines if line.check == "told"] == [
        "supervisors_email is not set, and nobody else is subscribed: nobody is told"
    ]


def test_who_may_delete_recordings_in_the_console_is_noted(plan: Plan) -> None:
    permissions = {"Permissions": ["CustomViews.Access", "EvaluationForms.Perform", "DeleteCallRecordings"]}
    lines = say(plan, **{"connect.ListSecurityProfilePermissions": permissions})
    assert any("may delete recordings in the console: Agent" in line.says for line in lines)


def test_an_association_that_a_later_stage_expects_in_the_stack_is_a_stop_until_it_is_imported(plan: Plan) -> None:
    place = ExistingAssociation(bucket="connect-made-this", prefix="connect/council/CallRecordings")
    for stage, stopped in (("import", False), ("managed", True)):
        moved = msgspec.structs.replace(place, stage=stage)
        environment = msgspec.structs.replace(
            plan.deployment.environment, existing_associations={RecordClass.CALL_RECORDING: moved}
        )
        changed = replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=environment))
        lines = say(changed, **{"connect.ListInstanceStorageConfigs": calls("CALL_RECORDINGS", BUCKET)})
        assert any("Connect refuses a second one" in line for line in stops(lines)) is stopped
        assert outlook(changed).replaced == ("the place of call_recording (connect-made-this)",)


def test_a_key_of_aws_itself_is_a_stop_because_nobody_can_let_holds_use_it(plan: Plan) -> None:
    arn = "arn:aws:kms:eu-west-2:111122223333:key/aws-own"
    environment = msgspec.structs.replace(plan.deployment.environment, contact_record_key_arn=arn)
    changed = replace(plan, deployment=msgspec.structs.replace(plan.deployment, environment=environment))
    key = {"KeyMetadata": {"KeyId": "aws-own", "KeyState": "Enabled", "KeyManager": "AWS"}}
    answers = {"kms.DescribeKey": key, "kms.ListGrants": {"Grants": []}}
    assert any("is AWS's own key" in line for line in stops(say(changed, **answers)))
