"""What doctor says of modules in force, grants on keys, registrations, and names that a stack may take over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cli.doctor.checks import senders, stacks, storage, versions
from cli.doctor.expected import Plan, read_plan
from cli.doctor.findings import Line, Severity
from cli.doctor.reading import AbsentError
from infra.config import ROOT, cdk_context, choose
from infra.synthesis import cached_synthesis
from steward.policy.load import load_policy
from tests.cli.doctor.healthy import ARN, HEALTHY, ROLE, CannedAccount

MODULE = "00000000-0000-4000-8000-000000000001"
MODULE_ARN = f"{ARN}/flow-module/{MODULE}"
KEY = "arn:aws:kms:eu-west-2:111122223333:key/recordings"


@pytest.fixture(scope="module")
def plan() -> Plan:
    path = ROOT / "policies" / "barnet.toml"
    return read_plan(cached_synthesis(path), choose(cdk_context(), "local"), load_policy(path))


def content(words: str, **layout: object) -> str:
    return json.dumps({"Version": "2019-10-30", "Metadata": layout, "Actions": [{"Text": words}]})


def of_modules(
    plan: Plan, *, version: int = 2, alias: str = "in-force", edited: Mapping[str, str] | None = None
) -> list[Line]:
    """Say what is said of the payment module: frozen as a version, and what stands under its id's suffixes."""
    contents = {":1": content("old"), ":2": content("new"), "": content("new", x=1), ":$SAVED": content("new")}
    contents.update(edited or {})

    def described(**asked: Any) -> Any:  # noqa: ANN401 - an answer of AWS
        found = contents.get(asked["ContactFlowModuleId"].removeprefix(MODULE))
        return {"ContactFlowModule": {"Content": found}} if found else AbsentError("absent")

    def owned(**asked: Any) -> Any:  # noqa: ANN401
        del asked
        return {
            "StackResourceSummaries": [
                {
                    "LogicalResourceId": name,
                    "PhysicalResourceId": physical,
                    "ResourceType": "AWS::Connect::ContactFlowModule",
                    "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
                    "ResourceStatus": "CREATE_COMPLETE",
                }
                for name, physical in (("Module", MODULE_ARN), ("Version", f"{MODULE_ARN}:2"))
            ]
        }

    account = CannedAccount(
        **{
            "cloudformation.ListStackResources": owned,
            "connect.ListContactFlowModules": {
                "ContactFlowModulesSummaryList": [
                    {"Id": MODULE, "Arn": MODULE_ARN, "Name": "local-steward-payment"},
                    {"Id": "other", "Arn": f"{ARN}/flow-module/other", "Name": "local-steward-transfer-out"},
                ]
            },
            "connect.ListContactFlowModuleAliases": {
                "ContactFlowModuleAliasSummaryList": [{"AliasId": "alias-1", "AliasName": alias, "Version": version}]
            },
            "connect.DescribeContactFlowModule": described,
        }
    )
    return list(versions.modules(account, plan))


def test_a_module_in_force_that_nobody_edited_is_fine_whatever_its_layout(plan: Plan) -> None:
    [line] = of_modules(plan)
    assert (line.severity, line.says) == (
        Severity.FINE,
        "version 2 of local-steward-payment is in force, and nothing was edited since",
    )


@pytest.mark.parametrize(("place", "words"), [("", "what is published"), (":$SAVED", "a draft that somebody saved")])
def test_an_edit_that_no_caller_meets_yet_is_a_note(plan: Plan, place: str, words: str) -> None:
    [line] = of_modules(plan, edited={place: content("edited")})
    assert line.severity is Severity.NOTE
    assert line.says.startswith(f"{words} of local-steward-payment differs from version 2")


def test_a_module_that_was_never_saved_again_has_no_draft(plan: Plan) -> None:
    assert [line.severity for line in of_modules(plan, edited={":$SAVED": ""})] == [Severity.FINE]


def test_an_alias_that_somebody_moved_is_a_stop_with_the_command_that_moves_it_back(plan: Plan) -> None:
    [line] = of_modules(plan, version=1)
    assert line.severity is Severity.STOP
    assert "names version 1, which the deployment did not make" in line.says
    assert line.mend.endswith("--alias-id alias-1 --name in-force --contact-flow-module-version 2")


def test_a_module_without_its_alias_is_a_stop(plan: Plan) -> None:
    [line] = of_modules(plan, alias="another")
    assert line.severity is Severity.STOP


@pytest.mark.parametrize(("grantee", "severity"), [(ROLE, Severity.FINE), ("arn:aws:iam::1:role/x", Severity.NOTE)])
def test_a_key_of_recordings_without_a_grant_of_connect_s_is_noted(
    plan: Plan, grantee: str, severity: Severity
) -> None:
    config = {
        "StorageType": "S3",
        "S3Config": {
            "BucketName": "b",
            "BucketPrefix": "p",
            "EncryptionConfig": {"EncryptionType": "KMS", "KeyId": KEY},
        },
    }
    account = CannedAccount(
        **{
            "connect.ListInstanceStorageConfigs": {"StorageConfigs": [config]},
            "kms.ListGrants": {"Grants": [{"KeyId": KEY, "GranteePrincipal": grantee}]},
        }
    )
    [line] = storage.grants(account, plan)
    assert line.severity is severity


@pytest.mark.parametrize(("status", "severity"), [("COMPLETE", Severity.FINE), ("REVIEWING", Severity.NOTE)])
def test_a_sender_whose_registration_is_not_complete_is_noted(plan: Plan, status: str, severity: Severity) -> None:
    [known] = HEALTHY["pinpoint-sms-voice-v2.DescribeSenderIds"]["SenderIds"]
    registration = {
        "RegistrationArn": "arn:aws:sms-voice:eu-west-2:111122223333:registration/registration-1",
        "RegistrationId": "registration-1",
        "RegistrationType": "GB_SENDER_ID",
        "RegistrationStatus": status,
        "CurrentVersionNumber": 1,
        "CreatedTimestamp": "2026-01-01T00:00:00Z",
    }
    account = CannedAccount(
        **{
            "pinpoint-sms-voice-v2.DescribeSenderIds": {"SenderIds": [{**known, "RegistrationId": "registration-1"}]},
            "pinpoint-sms-voice-v2.DescribeRegistrations": {"Registrations": [registration]},
        }
    )
    lines = list(senders.sender(account, plan))
    assert [line.severity for line in lines if "registration" in line.says] == [severity]


def test_a_left_over_name_that_outlives_its_stack_may_be_taken_over_and_any_other_is_deleted(plan: Plan) -> None:
    found = {
        "ssm.GetParameter": {one.name: {"Parameter": {"Value": "on"}} for one in plan.of_type("AWS::SSM::Parameter")},
        "lambda.GetFunctionConfiguration": {"FunctionName": "x"},
    }
    mends = {line.says.partition(" ")[0]: line.mend for line in stacks.left_over(CannedAccount(**found), plan)}
    kept = [one.name for one in plan.of_type("AWS::SSM::Parameter") if one.name and one.outlives]
    assert kept
    assert all(
        mends[name].endswith("make deploy ENVIRONMENT=local CDK_OPTIONS=--import-existing-resources") for name in kept
    )
    functions = [one.name for one in plan.of_type("AWS::Lambda::Function") if one.name]
    assert functions
    assert {mends[name] for name in functions} == {"delete it"}
