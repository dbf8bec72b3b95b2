"""People with single sign-on: who may enter the roles of staff, and which functions know permission sets.

IAM user guide, "Actions and condition context keys: AWS STS" (SAML:aud) and "Secure API access with MFA".
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from infra.config import Environment, cdk_context, choose
from simulator.aws.eventbridge.patterns import compile_pattern
from tests.infra.conftest import read_resources
from tests.support.synthesised import PROVIDER, with_every_option


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    return read_resources(with_every_option())


def staff(resources: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the trust of each role for people whose name says so."""
    return {
        name: one["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for name, one in resources.items()
        if one["Type"] == "AWS::IAM::Role" and "officer" in name.casefold()
    }


def knowing(resources: dict[str, Any]) -> set[str]:
    return {
        name
        for name, one in resources.items()
        if one["Type"] == "AWS::Lambda::Function"
        and one["Properties"]["Environment"]["Variables"].get("PERMISSION_SETS")
    }


def test_the_provider_s_people_enter_by_an_assertion_made_out_for_aws(signed_in: dict[str, Any]) -> None:
    assert len(staff(signed_in)) > 3
    for name, statements in staff(signed_in).items():
        [federated] = [one for one in statements if "Federated" in one["Principal"]]
        assert federated["Principal"]["Federated"] == PROVIDER, name
        assert federated["Action"] == "sts:AssumeRoleWithSAML"
        assert federated["Condition"] == {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}


def test_users_still_need_their_second_factor_and_their_own_name(signed_in: dict[str, Any]) -> None:
    for name, statements in staff(signed_in).items():
        [users] = [one for one in statements if "AWS" in one["Principal"]]
        assert users["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}, name
        assert users["Condition"]["StringEquals"] == {"sts:RoleSessionName": "${aws:username}"}


def test_the_functions_that_people_call_know_the_permission_sets_and_no_other_does(signed_in: dict[str, Any]) -> None:
    assert knowing(signed_in) == {"DecideFunction", "GuardEvidenceFunction", "HandOverFunction"}
    variables = signed_in["DecideFunction"]["Properties"]["Environment"]["Variables"]
    assert variables["PERMISSION_SETS"] == "local-"


@pytest.mark.parametrize(
    ("role", "taken"),
    [
        ("local-steward-break-glass", True),
        ("aws-reserved/sso.amazonaws.com/eu-west-2/AWSReservedSSO_local-break-glass_0123456789abcdef", True),
        ("aws-reserved/sso.amazonaws.com/AWSReservedSSO_local-break-glass_0123456789abcdef", True),
        ("aws-reserved/sso.amazonaws.com/eu-west-2/AWSReservedSSO_other-break-glass_0123456789abcdef", False),
        ("aws-reserved/sso.amazonaws.com/eu-west-2/AWSReservedSSO_local-release-approver_0123456789abcdef", False),
    ],
)
def test_that_somebody_takes_up_break_glass_is_told_by_whichever_way_they_come(
    signed_in: dict[str, Any],
    role: str,
    taken: bool,  # noqa: FBT001 - a case
) -> None:
    [rule] = [one for name, one in signed_in.items() if name.startswith("BreakGlassEntered")]
    event = {
        "source": "aws.sts",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {
            "eventSource": "sts.amazonaws.com",
            "eventName": "AssumeRoleWithSAML",
            "requestParameters": {"roleArn": f"arn:aws:iam::111122223333:role/{role}", "roleSessionName": "ann"},
        },
    }
    assert compile_pattern(rule["Properties"]["EventPattern"])(event) is taken


def test_an_environment_without_either_lets_nobody_in_by_single_sign_on(everything: dict[str, Any]) -> None:
    assert knowing(everything) == set()
    assert all("Federated" not in one["Principal"] for trust in staff(everything).values() for one in trust)


def test_a_provider_that_is_none_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="saml_provider_arn"):
        msgspec.convert(
            {"policy": "p", "instance_arn": choose(cdk_context()).environment.instance_arn, "saml_provider_arn": "x"},
            Environment,
        )
