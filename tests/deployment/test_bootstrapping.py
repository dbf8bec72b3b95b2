"""The deploying role's policy is made once and renewed, within IAM's five versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from deployment.account_in_use import NotBegunError
from deployment.bootstrapping import MOST_VERSIONS, bootstrap, of_qualifier, put_policy
from deployment.command_line import DeploymentError


def test_the_policy_is_made_and_renewed_as_often_as_one_likes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "111122223333")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        iam: Any = boto3.client("iam", region_name="eu-west-2")
        for number in range(MOST_VERSIONS + 3):
            statement = {"Effect": "Allow", "Action": f"sqs:Act{number}", "Resource": "*"}
            document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            arn = put_policy(iam, "111122223333", "live-steward-deployment", document)

            default = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
            found = iam.get_policy_version(PolicyArn=arn, VersionId=default)["PolicyVersion"]["Document"]
            assert found == json.loads(document)


OURS = "arn:aws:iam::111122223333:policy/live-steward-deployment"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("cloudformation", region_name="eu-west-2")


def _bootstrapped(cloudformation: Any, qualifier: str, policies: str, name: str = "CDKToolkit") -> None:  # noqa: ANN401 - boto3's client
    """Make a toolkit's stack, with the parameters of cdk bootstrap's own template (version 30)."""
    parameters = {"Qualifier": qualifier, "CloudFormationExecutionPolicies": policies}
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=json.dumps(
            {
                "Parameters": {
                    "Qualifier": {"Type": "String"},
                    "CloudFormationExecutionPolicies": {"Type": "String"},
                },
                "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            }
        ),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )


@pytest.mark.parametrize(
    ("there", "qualifier", "options"),
    [
        (None, "hnb659fds", ()),
        ("hnb659fds", "hnb659fds", ()),
        ("other", "hnb659fds", ("--toolkit-stack-name", "CDKToolkit-hnb659fds")),
        (None, "steward", ("--qualifier", "steward", "--toolkit-stack-name", "CDKToolkit-steward")),
        ("hnb659fds", "steward", ("--qualifier", "steward", "--toolkit-stack-name", "CDKToolkit-steward")),
        ("steward", "steward", ("--qualifier", "steward")),
    ],
)
def test_the_bootstrap_of_another_qualifier_stays_as_it_is(
    cloudformation: Any,  # noqa: ANN401 - boto3's client
    there: str | None,
    qualifier: str,
    options: tuple[str, ...],
) -> None:
    """AWS CDK guide, "Customize AWS CDK bootstrapping": each qualifier in an account has a stack of its own."""
    if there is not None:
        _bootstrapped(cloudformation, there, OURS if there == qualifier else ADMINISTRATOR)
    assert of_qualifier(cloudformation, qualifier, OURS) == options


@pytest.mark.parametrize("policies", ["", ADMINISTRATOR, f"{OURS},{ADMINISTRATOR}", f"{OURS}-2"])
@pytest.mark.parametrize(("qualifier", "stack"), [("hnb659fds", "CDKToolkit"), ("steward", "CDKToolkit-steward")])
def test_a_role_that_deploys_for_others_too_keeps_its_policies_unless_they_are_to_go(
    cloudformation: Any,  # noqa: ANN401 - boto3's client
    qualifier: str,
    stack: str,
    policies: str,
) -> None:
    if stack != "CDKToolkit":
        _bootstrapped(cloudformation, "hnb659fds", ADMINISTRATOR)
    _bootstrapped(cloudformation, qualifier, policies, stack)
    with pytest.raises(DeploymentError, match=f"the stack {stack} .*bootstrap_qualifier, or, .* REPLACE=yes"):
        of_qualifier(cloudformation, qualifier, OURS)
    assert of_qualifier(cloudformation, qualifier, OURS, replace=True) is not None


def test_an_environment_has_to_be_named() -> None:
    with pytest.raises(NotBegunError, match="make bootstrap ENVIRONMENT=NAME"):
        bootstrap("", print)
