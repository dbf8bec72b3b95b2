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

from deployment.cloudformation import completed_cloudformation
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import empty_account
from simulator.aws.cloudformation.resource import Resource

ACCOUNT = "111122223333"
INSTANCE = f"arn:aws:connect:eu-west-2:{ACCOUNT}:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"


class Account:
    def __init__(self, world: EmbeddedAws, created: list[Resource], code: Path) -> None:
        self.world, self.created, self.code = world, created, code
        self.api: Any = world.client("cloudformation")

    def deploy(self, stack: str, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, str]:
        """Deploy by a change set, as the command line does, and return the outputs."""
        template = {"Resources": resources, "Outputs": outputs or {}}
        place = {"StackName": stack, "ChangeSetName": f"{stack}-change"}
        self.api.create_change_set(**place, ChangeSetType="CREATE", TemplateBody=json.dumps(template))
        self.api.execute_change_set(**place)
        answered = self.api.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in answered}


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
    with pytest.raises(ClientError, match="ValidationError"):
        account.deploy("stack", resources, outputs)


def test_a_resource_that_cannot_be_created_names_itself(account: Account) -> None:
    broken = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "Not A Name"}}
    with pytest.raises(ClientError, match=r"ValidationError.*Recordings \(AWS::S3::Bucket\)"):
        account.deploy("stack", {"Recordings": broken})


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
