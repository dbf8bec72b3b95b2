from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

Resources = dict[str, Any]

MANAGED_POLICY_LIMIT = 6144
"""Characters without white space (IAM and STS quotas)."""
LONGEST_REFERENCE = 100
"""No bucket, table, key or queue of ours has a longer ARN."""


def policies(resources: Resources) -> dict[str, list[dict[str, Any]]]:
    return {
        name: resource["Properties"]["PolicyDocument"]["Statement"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    }


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - a policy's element is one thing or a list of them
    return value if isinstance(value, list) else [value]


def granted(resources: Resources, name: str) -> set[str]:
    return {action for statement in policies(resources)[name] for action in listed(statement["Action"])}


def resolved(value: Any) -> Any:  # noqa: ANN401 - any part of a template
    if isinstance(value, dict):
        if len(value) == 1 and (next(iter(value)).startswith("Fn::") or "Ref" in value):
            return "x" * LONGEST_REFERENCE
        return {key: resolved(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner) for inner in value]
    return value


def roles(resources: Resources) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::IAM::Role":
            yield name, resource["Properties"]


def test_no_right_has_a_wildcard_action_or_is_granted_on_everything_unless_its_action_has_no_resource(
    everything: Resources,
) -> None:
    for name, statements in policies(everything).items():
        for statement in statements:
            assert statement["Effect"] == "Allow", name
            assert not [action for action in listed(statement["Action"]) if "*" in action], name
            # The Service Authorization Reference names no resource type for it.
            if listed(statement["Action"]) != ["cloudwatch:GetMetricData"]:
                assert "*" not in listed(statement["Resource"]), name


def test_rights_are_in_managed_policies_of_the_role_alone_and_nowhere_else(everything: Resources) -> None:
    for name, role in roles(everything):
        assert "ManagedPolicyArns" not in role, name
        assert "Policies" not in role, name
        attached = [
            policy
            for policy, resource in everything.items()
            if resource["Type"] == "AWS::IAM::ManagedPolicy"
            and ({"Ref": name} in resource["Properties"]["Roles"] or f"Ref{name}" in json.dumps(resource["Properties"]))
        ]
        # What the comparison reads is more than fits beside what it does.
        several = name == "CompareConfigurationRole"
        assert len(attached) == (2 if several else 1), name
    assert not [name for name, resource in everything.items() if resource["Type"] == "AWS::IAM::Policy"]


def test_every_policy_fits_into_what_iam_accepts(everything: Resources) -> None:
    for name, statements in policies(everything).items():
        assert len(json.dumps(resolved(statements), separators=(",", ":"))) < MANAGED_POLICY_LIMIT, name


def test_services_assume_a_role_only_for_this_account(everything: Resources) -> None:
    for name, role in roles(everything):
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        service = trust["Principal"].get("Service", "lambda.amazonaws.com")
        if service != "lambda.amazonaws.com":
            assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}, name


def test_only_what_two_people_decide_and_break_glass_bypass_a_lock(everything: Resources) -> None:
    holders = {name for name in policies(everything) if "s3:BypassGovernanceRetention" in granted(everything, name)}
    assert holders == {"ReleaseHoldRights", "RemoveCardDataRights", "GuardEvidenceRights"}


def test_no_function_but_those_that_carry_out_what_two_people_agreed_on_can_delete_or_overwrite_an_original(
    controls: Resources,
) -> None:
    removing = {"RemoveCardDataRights", "ErasePersonRights"}
    functions = [name for name, resource in controls.items() if resource["Type"] == "AWS::Lambda::Function"]
    for name in (f"{function.removesuffix('Function')}Rights" for function in functions):
        for statement in policies(controls)[name]:
            if {"s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"} & set(listed(statement["Action"])):
                where = json.dumps(statement["Resource"])
                known = ("LegalHoldBucket", "ContactRecordBucket", "RightsBucket", "ErasuresBucket", "EvidenceBucket")
                assert any(one in where for one in known) or name in removing, name
                assert "CallRecordingBucket" not in where or name in removing, name
                assert "CallRecordingBucket" not in where or "s3:PutObject" not in listed(statement["Action"]), name


def test_what_places_a_hold_cannot_end_one(controls: Resources) -> None:
    assert not {"s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"} & granted(controls, "PlaceHoldRights")


@pytest.mark.parametrize("name", ["MaintainHoldsRights", "ReleaseHoldRights", "RetireContactRecordsRights"])
def test_what_deletes_can_read_the_switch_and_no_recording(controls: Resources, name: str) -> None:
    actions = granted(controls, name)
    assert "ssm:GetParameter" in actions
    assert not {"s3:GetObject", "s3:GetObjectVersion"} & actions


def test_the_contact_is_flagged_for_later_looks_by_a_role_that_can_only_ask(controls: Resources) -> None:
    (statement,) = policies(controls)["RecheckRoleRights"]
    assert listed(statement["Action"]) == ["sqs:SendMessage"]
    assert statement["Resource"] == {"Fn::GetAtt": ["HoldRequestsQueue", "Arn"]}
    (passing,) = [s for s in policies(controls)["PlaceHoldRights"] if s["Action"] == "iam:PassRole"]
    assert passing["Resource"] == {"Fn::GetAtt": ["RecheckRole", "Arn"]}
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
