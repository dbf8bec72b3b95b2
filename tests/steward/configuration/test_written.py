"""What templates come to once every reference in them is resolved."""

from __future__ import annotations

from typing import Any

from steward.configuration.checking import Harm, NotShown, compare
from steward.configuration.checks import CHECKS
from steward.configuration.differing import places, side_by_side
from steward.configuration.documents import flow, policy
from steward.configuration.written import DeployedStack, Place, Resource, resources, unresolved

PLACE = Place(account="111122223333", region="eu-west-2")


def stack(name: str, template: dict[str, Any], **names: str) -> DeployedStack:
    return DeployedStack(name=name, id=f"arn:{name}", status="UPDATE_COMPLETE", template=template, names=names)


def one(properties: dict[str, Any], **names: str) -> Resource:
    """Return a resource with these properties beside a queue and a bucket that they may refer to."""
    declared = {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "It": {"Type": "AWS::S3::Bucket", "Properties": properties},
    }
    known = {"Queue": "https://sqs.eu-west-2.amazonaws.com/111122223333/work", "Bucket": "kept", "It": "it", **names}
    return list(resources([stack("stores", {"Resources": declared}, **known)], PLACE))[-1]


def test_references_come_to_names_and_arns() -> None:
    found = one(
        {
            "A": {"Ref": "Bucket"},
            "B": {"Fn::GetAtt": ["Bucket", "Arn"]},
            "C": {"Fn::GetAtt": ["Queue", "Arn"]},
            "D": {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]},
            "E": {"Fn::Select": [1, {"Fn::Split": ["/", "a/b"]}]},
            "F": {"Ref": "AWS::Region"},
        }
    )
    assert found.properties == {
        "A": "kept",
        "B": "arn:aws:s3:::kept",
        "C": "arn:aws:sqs:eu-west-2:111122223333:work",
        "D": "arn:aws:s3:::kept/*",
        "E": "b",
        "F": "eu-west-2",
    }


def test_a_value_that_another_stack_exports_is_read_in_that_stack() -> None:
    exporting = stack(
        "stores",
        {
            "Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
            "Outputs": {"O": {"Value": {"Ref": "Bucket"}, "Export": {"Name": "stores:Bucket"}}},
        },
        Bucket="kept",
    )
    importing = stack(
        "controls",
        {"Resources": {"It": {"Type": "AWS::X::Y", "Properties": {"A": {"Fn::ImportValue": "stores:Bucket"}}}}},
        It="it",
    )
    assert next(resources([importing, exporting], PLACE)).properties == {"A": "kept"}


def test_what_cannot_be_resolved_is_not_shown_and_compared_with_nothing() -> None:
    it = one({"VersioningConfiguration": {"Status": {"Fn::GetAtt": ["Bucket", "Unheard"]}}})
    assert list(unresolved(it.properties)) == ["GetAtt Bucket.Unheard"]

    [check] = [check for check in CHECKS["AWS::S3::Bucket"] if check.setting == "versioning"]
    outcome = compare([it], {"AWS::S3::Bucket": (check,)}, _Nobody())
    assert outcome.differences == ()
    assert outcome.not_shown == (
        NotShown(
            subject="stores/It",
            setting="versioning",
            why="the template refers to GetAtt Bucket.Unheard",
            harm=Harm.HIGH,
        ),
    )


class _Nobody:
    def read(self, *asked: object, **parameters: object) -> dict[str, Any]:
        raise AssertionError(f"{asked} is asked for {parameters}")

    def pages(self, *asked: object, **parameters: object) -> list[Any]:
        raise AssertionError(f"{asked} is asked for {parameters}")


def test_policies_that_mean_the_same_are_the_same() -> None:
    ours = {
        "Statement": [
            {
                "Sid": "A",
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": ["s3:PutObject", "s3:GetObject"],
                "Resource": "arn:aws:s3:::a",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ]
    }
    theirs = (
        '{"Version": "2012-10-17", "Statement": {"Sid": "A", "Effect": "Deny", "Principal": "*",'
        ' "Action": ["S3:getobject", "s3:PutObject"], "Resource": ["arn:aws:s3:::a"],'
        ' "Condition": {"Bool": {"AWS:SecureTransport": [false]}}}}'
    )
    assert policy(ours) == policy(theirs)
    assert list(places(policy(ours), policy(theirs.replace("getobject", "GetObjectAcl"))))


def test_a_layout_and_the_order_of_actions_are_no_difference_and_a_branch_is() -> None:
    ours = '{"Metadata": {"x": 1}, "Actions": [{"Identifier": "a", "Parameters": {}}, {"Identifier": "b"}]}'
    theirs = '{"Metadata": {}, "Actions": [{"Identifier": "b"}, {"Identifier": "a"}]}'
    assert flow(ours) == flow(theirs)
    changed = theirs.replace('"Identifier": "a"', '"Identifier": "a", "Transitions": {"NextAction": "b"}')
    assert side_by_side(flow(ours), flow(changed)) == (
        "Actions.a.Transitions: nothing",
        'Actions.a.Transitions: {"NextAction": "b"}',
    )
