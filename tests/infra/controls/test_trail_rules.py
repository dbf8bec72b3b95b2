"""Whose calls the rules on CloudTrail take: everybody's but those of the roles that are meant for them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.aws.eventbridge.patterns import compile_pattern

Resources = dict[str, Any]

ACCOUNT = "111122223333"
DEPLOYER = f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-eu-west-2"
CONNECT = "aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_x"


def _session(role: str) -> dict[str, Any]:
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "userName": role.rpartition("/")[2]}
    return {"type": "AssumedRole", "sessionContext": {"sessionIssuer": issuer, "attributes": {}}}


# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
STRANGERS: dict[str, dict[str, Any]] = {
    "a user of IAM": {"type": "IAMUser", "accessKeyId": "AKIA", "userName": "mallory"},
    "a user of IAM with a second factor": {
        "type": "IAMUser",
        "userName": "mallory",
        "sessionContext": {"sessionIssuer": {}, "attributes": {"mfaAuthenticated": "true"}},
    },
    "the root user": {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
    "an administrator's session": _session("admin"),
    "a user's federated session": {
        "type": "FederatedUser",
        "sessionContext": {
            "sessionIssuer": {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/mallory", "userName": "mallory"}
        },
    },
    "another account": {"type": "AWSAccount", "accountId": "999988887777", "principalId": "AIDA"},
    "a service": {"type": "AWSService", "invokedBy": "backup.amazonaws.com"},
    "somebody unknown": {"type": "Unknown"},
}
RULES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "HeldCopyTouched": ("s3", "DeleteObject", ("local-steward-release-hold", "local-steward-guard-evidence")),
    "OriginalCovered": ("s3", "PutObject", (CONNECT,)),
    "StoreWeakened": ("s3", "PutBucketPolicy", (DEPLOYER,)),
    "KeyTouched": ("kms", "ScheduleKeyDeletion", (DEPLOYER,)),
}


def _pattern(controls: Resources, name: str) -> dict[str, Any]:
    [found] = [
        one["Properties"]["EventPattern"]
        for logical, one in controls.items()
        if one["Type"] == "AWS::Events::Rule" and f"{name}Rule" in logical
    ]
    plain: dict[str, Any] = json.loads(_joined(found))
    return plain


def _joined(pattern: object) -> str:
    """Return a pattern with every reference to another stack as the text of that reference."""
    return json.dumps(_plain(pattern))


def _plain(value: Any) -> Any:  # noqa: ANN401 - a template's JSON
    match value:
        case {"Fn::ImportValue": name}:
            return str(name)
        case {"Fn::Join": [glue, parts]}:
            return str(glue).join(str(_plain(part)) for part in parts)
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list():
            return [_plain(one) for one in value]
    return value


def _event(pattern: dict[str, Any], service: str, name: str, identity: dict[str, Any]) -> dict[str, Any]:
    detail: dict[str, Any] = {"eventSource": f"{service}.amazonaws.com", "eventName": name, "userIdentity": identity}
    asked = pattern["detail"].get("requestParameters", {})
    if asked:
        detail["requestParameters"] = {field: values[0] for field, values in asked.items()}
    if "resources" in pattern["detail"]:
        detail["resources"] = [{"ARN": pattern["detail"]["resources"]["ARN"][0], "type": "AWS::KMS::Key"}]
    return {"source": f"aws.{service}", "detail-type": "AWS API Call via CloudTrail", "detail": detail}


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("rule", RULES)
def test_a_call_of_anybody_else_is_taken_whatever_kind_of_caller_it_is(
    controls: Resources, rule: str, who: str
) -> None:
    pattern = _pattern(controls, rule)
    service, name, _ = RULES[rule]

    assert compile_pattern(pattern)(_event(pattern, service, name, STRANGERS[who]))


@pytest.mark.parametrize(("rule", "role"), [(rule, role) for rule, (*_, ours) in RULES.items() for role in ours])
def test_a_call_of_a_role_that_is_meant_for_it_is_not(controls: Resources, rule: str, role: str) -> None:
    pattern = _pattern(controls, rule)
    service, name, _ = RULES[rule]

    assert not compile_pattern(pattern)(_event(pattern, service, name, _session(role)))


@pytest.mark.parametrize("rule", RULES)
def test_a_role_of_almost_the_same_name_is_not_taken_for_it(controls: Resources, rule: str) -> None:
    pattern = _pattern(controls, rule)
    service, name, ours = RULES[rule]

    assert compile_pattern(pattern)(_event(pattern, service, name, _session(f"x-{ours[0].rpartition('/')[2]}")))


def test_every_store_is_watched_for_weakening_and_none_that_connect_does_not_write_for_covering(
    controls: Resources,
) -> None:
    covered = set(_pattern(controls, "OriginalCovered")["detail"]["requestParameters"]["bucketName"])
    weakened = set(_pattern(controls, "StoreWeakened")["detail"]["requestParameters"]["bucketName"])

    assert sorted(name for name in weakened - covered if "Ref" in name) == sorted(
        name for name in weakened if any(part in name for part in ("AccessLogs", "ContactRecordBucket", "LegalHold"))
    )
    assert covered < weakened
