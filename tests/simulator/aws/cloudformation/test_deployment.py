"""What the creators make of a template."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator.aws.account.start import embedded_aws
from simulator.aws.cloudformation.resource import TemplateError

if TYPE_CHECKING:
    from tests.simulator.aws.conftest import Assembly


def test_a_bucket_has_what_its_template_says(assembly: Assembly) -> None:
    assembly.add(
        "Bucket",
        "AWS::S3::Bucket",
        ObjectLockEnabled=True,
        VersioningConfiguration={"Status": "Enabled"},
        BucketEncryption={
            "ServerSideEncryptionConfiguration": [
                {
                    "BucketKeyEnabled": True,
                    "ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "key"},
                }
            ]
        },
        LifecycleConfiguration={
            "Rules": [
                {
                    "Id": "period",
                    "Status": "Enabled",
                    "ExpirationInDays": 184,
                    "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                }
            ]
        },
        Tags=[{"Key": "steward:record-class", "Value": "call_recording"}],
    )
    world = assembly.start()
    bucket = world.names.buckets["call_recording"]
    storage = world.client("s3")
    (rule,) = storage.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert rule["Expiration"] == {"Days": 184}
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert storage.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    lock = storage.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert lock == {"ObjectLockEnabled": "Enabled"}


@pytest.mark.parametrize("invocations", [1, 0])
def test_a_bucket_tells_the_default_bus_what_happens_in_it_only_if_its_template_says_so(
    assembly: Assembly, invocations: int
) -> None:
    events = {"EventBridgeConfiguration": {"EventBridgeEnabled": bool(invocations)}}
    assembly.add("Bucket", "AWS::S3::Bucket", BucketName="records", NotificationConfiguration=events)
    assembly.worked_queue()
    assembly.rule("Stored", {"source": ["aws.s3"], "detail-type": ["Object Created"]}, "Work")
    world = assembly.start()
    world.s3.put_object("records", "call.wav", 10)
    world.settle()
    assert world.calls["worker"]["invocations"] == invocations


def test_references_reach_across_stacks_by_export_and_import(tmp_path: Path) -> None:
    stores = {
        "Resources": {"Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}}},
        "Outputs": {"Out": {"Value": {"Ref": "Parameter"}, "Export": {"Name": "stores:parameter"}}},
    }
    controls = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::ImportValue": "stores:parameter"}}}
        }
    }
    artifacts = {}
    for name, template, needs in (("controls", controls, ["stores"]), ("stores", stores, [])):
        (tmp_path / f"{name}.json").write_text(json.dumps(template))
        properties = {"templateFile": f"{name}.json"}
        artifacts[name] = {"type": "aws:cloudformation:stack", "dependencies": needs, "properties": properties}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    with embedded_aws(tmp_path, datetime(2026, 1, 5, tzinfo=UTC)) as world:
        assert world.names.queues["Queue"].rpartition("/")[2].startswith("stores-Parameter")


def test_an_unknown_type_is_named(assembly: Assembly) -> None:
    assembly.add("Thing", "AWS::Lightsail::Disk")
    with pytest.raises(TemplateError, match=r"Thing .*Unrecognized resource types: \[AWS::Lightsail::Disk\]"):
        assembly.start()


def test_an_attribute_that_the_type_does_not_have_is_named(assembly: Assembly) -> None:
    assembly.queue("Queue")
    assembly.function("Worker", Environment={"Variables": {"Q": {"Fn::GetAtt": ["Queue", "Colour"]}}})
    with pytest.raises(TemplateError, match="resource Queue does not support attribute type Colour"):
        assembly.start()


def test_a_reference_to_nothing_is_named(assembly: Assembly) -> None:
    assembly.function("Worker", Environment={"Variables": {"Q": {"Ref": "Nothing"}}})
    with pytest.raises(TemplateError, match="refers to 'Nothing'"):
        assembly.start()


def test_resources_in_a_circle_are_refused(assembly: Assembly) -> None:
    assembly.add("A", "AWS::SSM::Parameter", Type="String", Value={"Ref": "B"})
    assembly.add("B", "AWS::SSM::Parameter", Type="String", Value={"Ref": "A"})
    with pytest.raises(TemplateError, match="A -> B -> A"):
        assembly.start()


def test_a_record_answers_with_the_instance_s_arn(assembly: Assembly) -> None:
    instance = "arn:aws:connect:eu-west-2:111122223333:instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
    assembly.add("Flow", "AWS::Connect::ContactFlow", InstanceArn=instance, Name="inbound", Content="{}")
    assembly.add("Pointer", "AWS::SSM::Parameter", Name="/flow", Type="String", Value={"Ref": "Flow"})
    world = assembly.start()
    value = world.client("ssm").get_parameter(Name="/flow")["Parameter"]["Value"]
    assert value.startswith(f"{instance}/contact-flow/")


def test_two_worlds_in_a_row_share_nothing(assembly: Assembly) -> None:
    assembly.worked_queue()
    first = assembly.start()
    first.publish("default", {"source": "tests", "detail-type": "x", "detail": {}})
    first.settle()
    assembly.close()
    second = assembly.start()
    assert second.calls["worker"]["invocations"] == 0
    assert second.logs == []


def test_what_a_reference_leads_to_comes_after_what_that_depends_on(assembly: Assembly) -> None:
    """Source: CloudFormation user guide, "DependsOn attribute": the resource follows the one it names."""
    assembly.add("A", "AWS::SSM::Parameter", Type="String", Value={"Ref": "B"})
    assembly.add("B", "AWS::SSM::Parameter", Type="String", Value="b")
    assembly.resources["B"]["DependsOn"] = ["C"]
    assembly.add("C", "AWS::SSM::Parameter", Type="String", Value="c")
    world = assembly.start()
    assert [resource.declaration.logical_id for resource in world.resources] == ["C", "B", "A"]


def test_what_depends_on_itself_by_way_of_others_is_refused(assembly: Assembly) -> None:
    for one, other in (("A", "B"), ("B", "A")):
        assembly.add(one, "AWS::SSM::Parameter", Type="String", Value="x")
        assembly.resources[one]["DependsOn"] = other
    with pytest.raises(TemplateError, match="A -> B -> A"):
        assembly.start()


def test_no_value_takes_a_property_and_an_item_away(assembly: Assembly) -> None:
    """Source: CloudFormation user guide, "Pseudo parameters": AWS::NoValue removes what it is the value of."""
    nothing = {"Ref": "AWS::NoValue"}
    tags = [{"Key": "kept", "Value": "x"}, nothing]
    assembly.add("Bucket", "AWS::S3::Bucket", BucketName="records", Tags=tags, AccessControl=nothing)
    [bucket] = assembly.start().resources
    assert bucket.declaration.properties == {"BucketName": "records", "Tags": tags[:1]}


def test_a_resource_that_cannot_be_created_names_itself(assembly: Assembly) -> None:
    assembly.add("Nightly", "AWS::Events::Rule", EventPattern={"source": [{"sounds-like": "x"}]}, State="ENABLED")
    with pytest.raises(TemplateError, match=r"Nightly \(AWS::Events::Rule\): .*'sounds-like'"):
        assembly.start()
