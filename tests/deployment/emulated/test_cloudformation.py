"""The completed CloudFormation, asked in this process; the server adds nothing but the way there."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployment.emulated.cloudformation import completed_cloudformation
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import empty_account
from simulator.aws.cloudformation.resource import Resource

ACCOUNT = "111122223333"
INSTANCE = f"arn:aws:connect:eu-west-2:{ACCOUNT}:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"


class Account:
    def __init__(self, world: EmbeddedAws, created: list[Resource], code: Path) -> None:
        self.world, self.created, self.code = world, created, code
        self.api: Any = world.client("cloudformation")
        self.status = ""

    def deploy(self, stack: str, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, str]:
        """Deploy by a change set, as the command line does, and return the outputs."""
        template = {"Resources": resources, "Outputs": outputs or {}}
        place = {"StackName": stack, "ChangeSetName": f"{stack}-change"}
        self.api.create_change_set(**place, ChangeSetType="CREATE", TemplateBody=json.dumps(template))
        self.api.execute_change_set(**place)
        described = self.api.describe_stacks(StackName=stack)["Stacks"][0]
        self.status = described["StackStatus"]
        answered = described.get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in answered}


def reasons(account: Account, stack: str) -> str:
    """Return what the stack says of its failures."""
    events = account.api.describe_stack_events(StackName=stack)["StackEvents"]
    return "\n".join(one.get("ResourceStatusReason", "") for one in events if one["ResourceStatus"].endswith("_FAILED"))


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    with (
        empty_account(start, account=ACCOUNT, region="eu-west-2", instance_arn=INSTANCE) as world,
        completed_cloudformation(world, tmp_path / "code") as created,
    ):
        yield Account(world, created, tmp_path / "code")


def answers(kind: str, properties: dict[str, Any], attribute: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a resource, and outputs with what ``Ref`` and ``Fn::GetAtt`` say of it."""
    outputs = {"Ref": {"Value": {"Ref": "It"}}, "Attribute": {"Value": {"Fn::GetAtt": ["It", attribute]}}}
    return {"It": {"Type": kind, "Properties": properties}}, outputs


def test_what_moto_lacks_answers_as_aws_documents(account: Account) -> None:
    resources, outputs = answers(
        "AWS::Connect::ContactFlow",
        {"InstanceArn": INSTANCE, "Name": "inbound", "Type": "CONTACT_FLOW", "Content": "{}"},
        "ContactFlowArn",
    )
    found = account.deploy("flows", resources, outputs)
    assert found["Ref"] == found["Attribute"]
    assert found["Ref"].startswith(f"{INSTANCE}/contact-flow/")

    resources, outputs = answers("AWS::Scheduler::ScheduleGroup", {"Name": "holds"}, "Arn")
    found = account.deploy("schedules", resources, outputs)
    assert found == {"Ref": "holds", "Attribute": f"arn:aws:scheduler:eu-west-2:{ACCOUNT}:schedule-group/holds"}

    resources, outputs = answers("AWS::SMSVOICE::OptOutList", {"OptOutListName": "council"}, "Arn")
    found = account.deploy("texts", resources, outputs)
    assert found == {"Ref": "council", "Attribute": f"arn:aws:sms-voice:eu-west-2:{ACCOUNT}:opt-out-list/council"}


def test_a_bucket_is_what_the_template_says(account: Account) -> None:
    rule = {"Id": "period", "Status": "Enabled", "ExpirationInDays": 184}
    account.deploy(
        "stores",
        {
            "Bucket": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": "recordings",
                    "ObjectLockEnabled": True,
                    "VersioningConfiguration": {"Status": "Enabled"},
                    "LifecycleConfiguration": {"Rules": [rule]},
                },
            }
        },
    )
    storage = account.world.client("s3")
    lifecycle = storage.get_bucket_lifecycle_configuration(Bucket="recordings")["Rules"]
    lock = storage.get_object_lock_configuration(Bucket="recordings")["ObjectLockConfiguration"]
    assert [one["Expiration"]["Days"] for one in lifecycle] == [184]
    assert lock["ObjectLockEnabled"] == "Enabled"


def test_a_type_that_nobody_knows_is_refused_and_not_skipped(account: Account) -> None:
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Connect::Telepathy\]"):
        account.deploy("stack", {"It": {"Type": "AWS::Connect::Telepathy"}})


def test_an_attribute_that_a_type_does_not_have_is_refused(account: Account) -> None:
    resources, outputs = answers("AWS::SMSVOICE::OptOutList", {"OptOutListName": "council"}, "Colour")
    account.deploy("stack", resources, outputs)
    assert account.status == "ROLLBACK_COMPLETE"
    assert account.created == []


def test_a_resource_that_cannot_be_created_names_itself(account: Account) -> None:
    broken = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "Not A Name"}}
    account.deploy("stack", {"Recordings": broken})
    assert "Recordings (AWS::S3::Bucket)" in reasons(account, "stack")


def test_a_stack_sees_what_another_exports(account: Account) -> None:
    queue = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "holds"}}}
    export = {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": "stores:Queue"}}
    account.deploy("stores", queue, {"Queue": export})
    properties = {"Type": "String", "Name": "queue", "Value": {"Fn::ImportValue": "stores:Queue"}}
    account.deploy("controls", {"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": properties}})
    parameter = account.world.client("ssm").get_parameter(Name="queue")["Parameter"]
    assert parameter["Value"] == f"arn:aws:sqs:eu-west-2:{ACCOUNT}:holds"


def test_a_stack_can_be_protected_against_deletion(account: Account) -> None:
    account.deploy("stores", {"Queue": {"Type": "AWS::SQS::Queue"}})
    for wanted in (True, False):
        account.api.update_termination_protection(StackName="stores", EnableTerminationProtection=wanted)
        assert account.api.describe_stacks(StackName="stores")["Stacks"][0]["EnableTerminationProtection"] is wanted


def test_a_function_runs_the_package_that_was_uploaded(account: Account) -> None:
    package = BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("handler.py", "def handler(event, context):\n    return {'said': event['word']}\n")
    storage = account.world.client("s3")
    storage.create_bucket(Bucket="assets", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    storage.put_object(Bucket="assets", Key="code.zip", Body=package.getvalue())
    properties = {
        "FunctionName": "test-echo",
        "Handler": "handler.handler",
        "Runtime": "python3.13",
        "Code": {"S3Bucket": "assets", "S3Key": "code.zip"},
    }
    account.deploy("stack", {"Echo": {"Type": "AWS::Lambda::Function", "Properties": properties}})
    assert account.world.invoke("echo", {"word": "hold"}) == {"said": "hold"}


def test_every_created_resource_is_reported_under_its_stack(account: Account) -> None:
    account.deploy("stores", {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "holds"}}})
    assert [(one.declaration.stack, one.declaration.logical_id) for one in account.created] == [("stores", "Queue")]


def test_unpacked_code_is_gone_afterwards(tmp_path: Path) -> None:
    start = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    folder = tmp_path / "code"
    with empty_account(start, account=ACCOUNT, region="eu-west-2", instance_arn=INSTANCE) as world:
        with completed_cloudformation(world, folder):
            folder.mkdir()
        assert not folder.exists()


BROKEN = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "Not A Name"}}


def table(policy: str) -> dict[str, Any]:
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": policy,
        "Properties": {
            "TableName": "register",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }


@pytest.mark.parametrize(("policy", "left"), [("Retain", ["register"]), ("RetainExceptOnCreate", []), ("Delete", [])])
def test_a_failed_creation_is_taken_back_but_for_what_has_to_stay(
    account: Account, policy: str, left: list[str]
) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html ."""
    account.deploy("stores", {"Register": table(policy), "Recordings": BROKEN})
    assert account.status == "ROLLBACK_COMPLETE"
    assert account.world.client("dynamodb").list_tables()["TableNames"] == left

    account.api.delete_stack(StackName="stores")
    account.deploy("stores", {"Register": table(policy)})
    assert account.status == ("ROLLBACK_COMPLETE" if left else "CREATE_COMPLETE")


@pytest.mark.parametrize(("policy", "left"), [("Retain", 1), ("RetainExceptOnCreate", 1), ("Delete", 0)])
def test_a_stack_that_is_deleted_leaves_what_has_to_stay(account: Account, policy: str, left: int) -> None:
    account.deploy("stores", {"Register": table(policy)})
    account.api.delete_stack(StackName="stores")
    assert len(account.world.client("dynamodb").list_tables()["TableNames"]) == left


def test_a_protected_stack_cannot_be_deleted_failed_or_not(account: Account) -> None:
    """aws/aws-cdk issue 901: a retry deletes a failed stack first, and may not while it is protected."""
    account.deploy("stores", {"Register": table("Delete"), "Recordings": BROKEN})
    account.api.update_termination_protection(StackName="stores", EnableTerminationProtection=True)
    with pytest.raises(ClientError, match="cannot be deleted while TerminationProtection is enabled"):
        account.api.delete_stack(StackName="stores")
    account.api.update_termination_protection(StackName="stores", EnableTerminationProtection=False)
    account.api.delete_stack(StackName="stores")


def test_a_failed_change_takes_back_what_it_created_and_leaves_the_rest(account: Account) -> None:
    account.deploy("stores", {"Register": table("RetainExceptOnCreate")})
    body = json.dumps(
        {
            "Resources": {
                "Register": table("RetainExceptOnCreate"),
                "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "holds"}},
                "Recordings": BROKEN,
            }
        }
    )
    place = {"StackName": "stores", "ChangeSetName": "more"}
    account.api.create_change_set(**place, ChangeSetType="UPDATE", TemplateBody=body)
    account.api.execute_change_set(**place)
    assert account.api.describe_stacks(StackName="stores")["Stacks"][0]["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert account.world.client("sqs").list_queues().get("QueueUrls", []) == []
    assert account.world.client("dynamodb").list_tables()["TableNames"] == ["register"]


def test_a_name_that_something_else_has_cannot_be_taken(account: Account) -> None:
    flow = {"InstanceArn": INSTANCE, "Name": "inbound", "Type": "CONTACT_FLOW", "Content": "{}"}
    account.world.taken.take_as_it_is("AWS::Connect::ContactFlow", INSTANCE, "inbound")
    account.deploy("flows", {"Inbound": {"Type": "AWS::Connect::ContactFlow", "Properties": flow}})
    assert account.status == "ROLLBACK_COMPLETE"
    assert "already exists" in reasons(account, "flows")


def test_change_sets_of_two_stacks_may_have_one_name_and_go_with_their_stack(account: Account) -> None:
    """The command line calls each of its own alike, deletes it first, and waits until it is gone."""
    queue = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}
    for stack in ("one", "two"):
        place = {"StackName": stack, "ChangeSetName": "cdk-deploy-change-set"}
        account.api.create_change_set(**place, ChangeSetType="CREATE", TemplateBody=json.dumps(queue))
        account.api.execute_change_set(**place)
        assert account.api.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    account.api.delete_change_set(StackName="one", ChangeSetName="cdk-deploy-change-set")
    account.api.describe_change_set(StackName="two", ChangeSetName="cdk-deploy-change-set")
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        account.api.describe_change_set(StackName="one", ChangeSetName="cdk-deploy-change-set")
    account.api.delete_stack(StackName="two")
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        account.api.describe_change_set(StackName="two", ChangeSetName="cdk-deploy-change-set")


def test_a_parameter_that_keeps_its_value_through_two_updates_still_names_one_of_parameter_store(
    account: Account,
) -> None:
    """The command line sends ``UsePreviousValue`` for the version of the bootstrap in each of its updates.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
    """
    account.world.client("ssm").put_parameter(Name="/bootstrap/version", Value="31", Type="String")
    place = {"StackName": "stores", "ChangeSetName": "change"}
    keeps = {"ParameterKey": "Version", "UsePreviousValue": True}
    stated = {"Version": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/bootstrap/version"}}
    outputs = {"Bootstrap": {"Value": {"Ref": "Version"}}}
    for number, kind in enumerate(("CREATE", "UPDATE", "UPDATE")):
        queues = {f"Queue{one}": {"Type": "AWS::SQS::Queue"} for one in range(number + 1)}
        template = {"Parameters": stated, "Resources": queues, "Outputs": outputs}
        given = {} if kind == "CREATE" else {"Parameters": [keeps]}
        account.api.create_change_set(**place, ChangeSetType=kind, TemplateBody=json.dumps(template), **given)
        account.api.execute_change_set(**place)
        described = account.api.describe_stacks(StackName="stores")["Stacks"][0]
        assert described["StackStatus"] == f"{kind}_COMPLETE"
        assert described["Outputs"][0]["OutputValue"] == "31"
