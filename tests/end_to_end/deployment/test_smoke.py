"""The check after a deployment finds what is wrong. Stacks go through the server's API, without the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployment.command_line import DeploymentError
from deployment.emulated.server import LocalAccount
from deployment.emulated.smoke import check
from steward.policy.load import load_policy
from tests.end_to_end.deployment.published import POLICY, Templates, deployed

pytestmark = pytest.mark.prove


def sentences(account: LocalAccount, assembly: Path) -> list[str]:
    return list(check(account, assembly, load_policy(POLICY)))


def of_type(templates: Templates, kind: str) -> Iterator[dict[str, Any]]:
    for template in templates.values():
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                yield resource


def test_what_the_templates_say_passes() -> None:
    with deployed() as (account, assembly):
        found = sentences(account, assembly)
    assert any("a flag on the bus held the recording" in sentence for sentence in found)
    assert any("no message was lost" in sentence for sentence in found)


def test_a_resource_that_was_not_deployed_is_named() -> None:
    def drop(templates: Templates) -> None:
        for template in templates.values():
            kinds = {name: one["Type"] for name, one in template["Resources"].items()}
            for name in [name for name, kind in kinds.items() if kind == "AWS::Lambda::EventSourceMapping"]:
                del template["Resources"][name]

    with deployed(drop) as (account, assembly), pytest.raises(DeploymentError, match=r"local-steward-controls lacks"):
        sentences(account, assembly)


def test_a_shorter_period_is_named_with_both_figures() -> None:
    def shorten(templates: Templates) -> None:
        for bucket in of_type(templates, "AWS::S3::Bucket"):
            for rule in bucket["Properties"].get("LifecycleConfiguration", {}).get("Rules", []):
                if rule.get("ExpirationInDays") == 184:
                    rule["ExpirationInDays"] = 30

    with deployed(shorten) as (account, assembly), pytest.raises(DeploymentError, match=r"after \[30\] days, not 184"):
        sentences(account, assembly)


def test_a_bucket_that_cannot_lock_is_named() -> None:
    def unlock(templates: Templates) -> None:
        for bucket in of_type(templates, "AWS::S3::Bucket"):
            bucket["Properties"].pop("ObjectLockEnabled", None)
            bucket["Properties"].pop("ObjectLockConfiguration", None)

    with deployed(unlock) as (account, assembly), pytest.raises(DeploymentError, match=r"lock|Lock"):
        sentences(account, assembly)


def test_a_flag_that_reaches_nobody_is_noticed() -> None:
    def disconnect(templates: Templates) -> None:
        for rule in of_type(templates, "AWS::Events::Rule"):
            rule["Properties"]["Targets"] = []

    with deployed(disconnect) as (account, assembly), pytest.raises(DeploymentError, match=r"copied 0 times"):
        sentences(account, assembly)


def test_a_function_without_its_variables_is_noticed() -> None:
    def forget(templates: Templates) -> None:
        for function in of_type(templates, "AWS::Lambda::Function"):
            function["Properties"]["Environment"]["Variables"] = {}

    with deployed(forget) as (account, assembly), pytest.raises(DeploymentError, match=r"copied 0 times"):
        sentences(account, assembly)


def test_a_stack_whose_protection_is_not_what_was_configured_is_named() -> None:
    with deployed() as (account, assembly):
        account.client("cloudformation").update_termination_protection(
            StackName="local-steward-stores", EnableTerminationProtection=True
        )
        with pytest.raises(DeploymentError, match=r"protection of local-steward-stores against deletion is True"):
            sentences(account, assembly)
