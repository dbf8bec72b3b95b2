"""The check after a deployment finds what is wrong. Stacks go through the server's API, without the command line."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deployment.command_line import DeploymentError
from deployment.server import LocalAccount, local_account
from deployment.smoke import check
from infra.config import ROOT, cdk_context, choose
from infra.synthesis import cached_synthesis
from simulator.aws.cloudformation.assembly import Stack, read_assembly
from steward.policy.load import load_policy

pytestmark = pytest.mark.prove

ENVIRONMENT = choose(cdk_context()).environment
POLICY = ROOT / ENVIRONMENT.policy
ASSETS = f"cdk-hnb659fds-assets-{ENVIRONMENT.account}-{ENVIRONMENT.region}"

Templates = dict[str, dict[str, Any]]


def publish(account: LocalAccount, stacks: list[Stack]) -> None:
    storage = account.client("s3")
    storage.create_bucket(Bucket=ASSETS, CreateBucketConfiguration={"LocationConstraint": account.region})
    account.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    for key, folder in {key: path for stack in stacks for key, path in stack.assets.items() if path.is_dir()}.items():
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        storage.put_object(Bucket=ASSETS, Key=f"{key}.zip", Body=package.getvalue())


@contextmanager
def deployed(change: Callable[[Templates], None] = lambda _: None) -> Iterator[tuple[LocalAccount, Path]]:
    """Deploy the default policy's stacks, with a change that the assembly does not have."""
    assembly = cached_synthesis(POLICY)
    stacks = read_assembly(assembly)
    templates: Templates = {stack.name: json.loads(json.dumps(stack.template)) for stack in stacks}
    change(templates)
    with local_account(ENVIRONMENT) as account:
        publish(account, stacks)
        cloudformation = account.client("cloudformation")
        for stack in stacks:
            body = json.dumps(templates[stack.name])
            place = {"StackName": stack.name, "ChangeSetName": f"{stack.name}-change"}
            cloudformation.create_change_set(**place, ChangeSetType="CREATE", TemplateBody=body)
            cloudformation.execute_change_set(**place)
            cloudformation.update_termination_protection(
                StackName=stack.name, EnableTerminationProtection=stack.protected
            )
        yield account, assembly


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
