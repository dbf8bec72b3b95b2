"""The check after a deployment finds what is wrong. Stacks go through the server's API, without the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployment.command_line import DeploymentError
from deployment.emulated.server import LocalAccount
from deployment.emulated.smoke import check
from steward.names import RECORD_CLASS_TAG
from steward.policy.load import load_policy
from tests.end_to_end.deployment.published import POLICY, Templates, deployed

pytestmark = pytest.mark.prove


def sentences(account: LocalAccount, assembly: Path) -> list[str]:
    return list(check(account, assembly, load_policy(POLICY)))


def test_a_function_without_its_variables_is_noticed() -> None:
    """In an account of its own, before the other is there: what could not be done is tried again for hours."""

    def forget(templates: Templates) -> None:
        for template in templates.values():
            for resource in template["Resources"].values():
                if resource["Type"] == "AWS::Lambda::Function":
                    resource["Properties"]["Environment"]["Variables"] = {}

    with deployed(forget) as (account, assembly), pytest.raises(DeploymentError, match=r"copied 0 times"):
        sentences(account, assembly)


@pytest.fixture(scope="module")
def whole() -> Iterator[tuple[LocalAccount, Path]]:
    """One deployment, in which each test disturbs one thing and puts it back; what they leave, the last one passes."""
    with deployed() as (account, assembly):
        yield account, assembly


Whole = tuple[LocalAccount, Path]


def test_a_stack_whose_protection_is_not_what_was_configured_is_named(whole: Whole) -> None:
    account, assembly = whole
    protect = account.client("cloudformation").update_termination_protection
    protect(StackName="local-steward-stores", EnableTerminationProtection=True)
    try:
        with pytest.raises(DeploymentError, match=r"protection of local-steward-stores against deletion is True"):
            sentences(account, assembly)
    finally:
        protect(StackName="local-steward-stores", EnableTerminationProtection=False)


def test_a_resource_that_was_not_deployed_is_named(whole: Whole, tmp_path: Path) -> None:
    account, assembly = whole
    for path in assembly.glob("*.json"):
        shutil.copy(path, tmp_path)
    controls = tmp_path / "local-steward-controls.template.json"
    template = json.loads(controls.read_text(encoding="utf-8"))
    template["Resources"]["OneMore"] = {"Type": "AWS::SQS::Queue"}
    controls.write_text(json.dumps(template), encoding="utf-8")
    with pytest.raises(DeploymentError, match=r"^local-steward-controls lacks OneMore$"):
        sentences(account, tmp_path)


def test_a_shorter_period_is_named_with_both_figures(whole: Whole) -> None:
    account, assembly = whole
    storage = account.client("s3")
    [bucket] = [one["Name"] for one in storage.list_buckets()["Buckets"] if "callrecordingbucket" in one["Name"]]
    rules = storage.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    shorter = json.loads(json.dumps(rules).replace('"Days": 184', '"Days": 30'))
    assert shorter != rules
    storage.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": shorter})
    try:
        with pytest.raises(DeploymentError, match=r"after \[30\] days, not 184"):
            sentences(account, assembly)
    finally:
        storage.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})


def test_a_bucket_that_cannot_lock_is_named(whole: Whole) -> None:
    account, assembly = whole
    storage, bucket = account.client("s3"), {"Bucket": "without-locks"}
    tag = {"Key": RECORD_CLASS_TAG, "Value": "call_recording"}
    storage.create_bucket(**bucket, CreateBucketConfiguration={"LocationConstraint": account.region})
    try:
        storage.put_bucket_versioning(**bucket, VersioningConfiguration={"Status": "Enabled"})
        storage.put_bucket_tagging(**bucket, Tagging={"TagSet": [tag]})
        with pytest.raises(DeploymentError, match=r"lock|Lock"):
            sentences(account, assembly)
    finally:
        storage.delete_bucket(**bucket)


def test_a_flag_that_reaches_nobody_is_noticed(whole: Whole) -> None:
    account, assembly = whole
    router = account.world.router
    rules = [rule for bus in router.buses for rule in router._rules[bus]]  # noqa: SLF001 - has no list
    for rule in rules:
        router.remove_rule(rule)
    try:
        with pytest.raises(DeploymentError, match=r"copied 0 times"):
            sentences(account, assembly)
    finally:
        for rule in rules:
            router.add_rule(rule)


def test_what_the_templates_say_passes(whole: Whole) -> None:
    found = sentences(*whole)
    assert any("a flag on the bus held the recording" in sentence for sentence in found)
    assert any("no message was lost" in sentence for sentence in found)
