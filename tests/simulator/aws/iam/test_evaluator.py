from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.iam.coverage import idle, unused
from simulator.aws.iam.policies.conditions import UnknownOperator
from simulator.aws.iam.policies.deployed import DeployedPolicies
from simulator.aws.iam.policies.evaluator import decide
from simulator.aws.iam.policies.statements import Need, UnknownElement, matches, read_statements

ROLE = "arn:aws:iam::111122223333:role/clerk"
ROOT = "arn:aws:iam::111122223333:root"
KEY = "arn:aws:kms:eu-west-2:111122223333:key/k"


def statement(**elements: Any) -> dict[str, Any]:  # noqa: ANN401 - a policy's elements
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*", **elements}


def policies(own: list[dict[str, Any]], of_resource: dict[str, list[dict[str, Any]]] | None = None) -> DeployedPolicies:
    return DeployedPolicies(
        account="111122223333",
        region="eu-west-2",
        roles={ROLE: tuple(read_statements("Own", {"Statement": own}))},
        resources={
            arn: tuple(read_statements("Resource", {"Statement": found})) for arn, found in (of_resource or {}).items()
        },
        keys={},
    )


def need(action: str = "s3:GetObject", resource: str = "arn:aws:s3:::b/k", **context: str) -> Need:
    return Need(ROLE, action, resource, tuple((key.replace("__", ":"), value) for key, value in context.items()))


def test_what_nothing_allows_is_refused() -> None:
    assert not decide(need("s3:PutObject"), policies([statement()])).allowed
    assert not decide(need(resource="arn:aws:s3:::c/k"), policies([statement()])).allowed
    assert decide(need(), policies([statement()])).allowed


def test_a_deny_outranks_every_allow() -> None:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    assert not decide(need(), policies([statement()], {"arn:aws:s3:::b": [deny]})).allowed


@pytest.mark.parametrize(
    ("pattern", "value", "matching"),
    [
        ("s3:Get*", "s3:GetObject", True),
        ("s3:GetObject", "s3:GetObjectVersion", False),
        ("arn:aws:s3:::b", "arn:aws:s3:::b/k", False),
        ("a?c", "abc", True),
        ("a[b]c", "abc", False),
        ("log-group:g:*:log-stream:s", "log-group:g:log-stream:s", False),
    ],
)
def test_only_stars_and_question_marks_stand_for_something_else(pattern: str, value: str, *, matching: bool) -> None:
    assert matches(pattern, value) is matching


@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a", "b", False),
        ("StringEquals", "a", None, False),
        ("StringNotEquals", "a", None, True),
        ("ArnNotLike", "arn:aws:iam::1:role/cdk-*", "arn:aws:iam::1:role/cdk-x", False),
        ("ArnNotLike", "arn:aws:iam::1:role/cdk-*", None, True),
        ("Bool", "false", "False", True),
        ("NumericLessThan", "1.2", "1.1", True),
        ("NumericLessThan", "1.2", "1.2", False),
    ],
)
def test_conditions_hold_as_iam_documents(operator: str, wanted: str, actual: str | None, *, holds: bool) -> None:
    found = policies([statement(Condition={operator: {"some:Key": wanted}})])
    asked = need(**({"some__key": actual} if actual is not None else {}))
    assert decide(asked, found).allowed is holds


def test_an_unknown_operator_or_element_is_an_error_and_never_a_guess() -> None:
    with pytest.raises(UnknownOperator, match="IpAddress"):
        policies([statement(Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})])
    with pytest.raises(UnknownElement, match="NotAction"):
        policies([{**statement(), "NotAction": "s3:*"}])


def test_a_key_needs_the_consent_of_its_own_policy() -> None:
    own = [statement(Action="kms:Decrypt", Resource=KEY)]
    root = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
    other = {**root, "Principal": {"AWS": "arn:aws:iam::111122223333:role/other"}}
    asked = need("kms:Decrypt", KEY)
    assert decide(asked, policies(own, {KEY: [root]})).allowed
    assert not decide(asked, policies(own, {KEY: [other]})).allowed
    assert not decide(asked, policies([statement()], {KEY: [root]})).allowed


def test_a_right_that_no_need_requires_is_found() -> None:
    found = policies([statement(Sid="Read", Action=["s3:GetObject", "s3:PutObject"])])
    assert [str(part) for part in unused(found, [need()])] == ["Own.Read: s3:PutObject"]


def test_a_right_that_is_granted_twice_is_found_twice() -> None:
    found = policies([statement(Sid="One"), statement(Sid="Two")])
    assert [str(part) for part in unused(found, [need()])] == ["Own.One: s3:GetObject", "Own.Two: s3:GetObject"]


def test_a_deny_that_refuses_no_attempt_is_found() -> None:
    deny = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Resource": "*"}
    found = policies([statement()], {"arn:aws:s3:::b": [{**deny, "Action": ["s3:GetObject", "s3:PutObject"]}]})
    assert [str(part) for part in idle(found, [need()])] == ["Resource.No: s3:PutObject"]
