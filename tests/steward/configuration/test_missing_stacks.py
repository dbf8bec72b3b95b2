"""A stack that is not there is said, and stops the comparison of no other."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import boto3
import pytest
from moto import mock_aws

from steward.aws.clients import client
from steward.configuration.adapters.account import CloudFormationStacks
from steward.configuration.written import DeployedStack
from tests.steward.configuration.fakes import STACK, World

ABSENT = DeployedStack(name="guide", id="", status="")
PROPOSED = DeployedStack(name="guide", id="arn:guide", status="REVIEW_IN_PROGRESS")


@dataclass
class Two:
    """The guide's stack, and one that is there."""

    guide: DeployedStack

    def all(self) -> list[DeployedStack]:
        return [self.guide, STACK]


@pytest.mark.parametrize("guide", [ABSENT, PROPOSED])
def test_what_is_in_the_other_stacks_is_compared(guide: DeployedStack) -> None:
    world = World(stacks=Two(guide))  # type: ignore[arg-type]
    world.account.rules["a"] = "off"
    night = world.night()

    assert not night.postponed
    assert [one.id for one in night.findings] == ["stores/Bucket/rules"]
    assert [(one.id, one.why) for one in night.not_shown] == [("guide/is there", "CloudFormation has no such stack")]


def test_a_finding_of_a_stack_that_is_missing_stays_as_it_was() -> None:
    there = Two(replace(STACK, name="guide"))
    world = World(stacks=there)  # type: ignore[arg-type]
    world.account.rules["a"] = "off"
    assert {one.id for one in world.night().findings} == {"guide/Bucket/rules", "stores/Bucket/rules"}

    there.guide = ABSENT
    assert {one.id for one in world.night().findings} == {"guide/Bucket/rules", "stores/Bucket/rules"}


def test_cloudformation_is_asked_for_each_stack_and_one_that_is_not_there_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    template = json.dumps({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    with mock_aws():
        client.cache_clear()
        boto3.client("cloudformation", region_name="eu-west-2").create_stack(StackName="there", TemplateBody=template)
        gone, there = CloudFormationStacks(("gone", "there")).all()
        client.cache_clear()

    assert gone.missing
    assert not there.missing
    assert [*there.template["Resources"]] == ["Queue"]
