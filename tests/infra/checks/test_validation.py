from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from infra.checks.accepted import PAGE, described, page
from infra.checks.synthesized import templates
from infra.checks.validation import REPORT, validate
from infra.config import CONTEXT_KEY, ROOT, cdk_context, choose
from infra.parts.access.role_policy import RolePolicy
from infra.refusal import RefusalError
from infra.synthesis import synthesize
from tests.support.synthesised import BARNET, SOMERSET, every_option, reads_recorded, templates_of, validated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def findings(folder: Path, build: Callable[[cdk.Stack], object]) -> str:
    app = cdk.App(outdir=str(folder), context=cdk_context(), builtin_cloud_formation_validation=False)
    build(cdk.Stack(app, "stack"))
    app.synth()
    with pytest.raises(RefusalError) as refusal:
        validate(app, "eu-west-2")
    return str(refusal.value)


PLAIN = pytest.param((choose(cdk_context()), BARNET), id="the default environment", marks=pytest.mark.prove)
TRAIL = pytest.param(
    (reads_recorded(), SOMERSET), id="a trail of reads, where the policy promises one", marks=pytest.mark.prove
)
EVERYTHING = pytest.param((every_option(), BARNET), id="every option of an entry")


@pytest.fixture(scope="module", params=[PLAIN, TRAIL, EVERYTHING])
def report(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the packs say of a policy in an environment: in ours, and where as much is deployed as can be."""
    folder = validated(*request.param)
    content: dict[str, Any] = json.loads((folder / REPORT).read_text(encoding="utf-8"))
    acknowledged = {
        (path.removeprefix("/"), rule.partition("::")[2])
        for metadata in folder.glob("*.metadata.json")
        for path, entries in json.loads(metadata.read_text(encoding="utf-8")).items()
        for entry in entries
        if entry["type"] == "aws:cdk:acknowledged-rules"
        for rule in entry["data"]
    }
    return {**content, "acknowledged": acknowledged}


def test_no_finding_in_our_templates_is_without_a_reason_that_an_auditor_can_weigh(report: dict[str, Any]) -> None:
    suppressed = [entry for plugin in report["pluginReports"] for entry in plugin["suppressedViolations"]]
    assert all(len(entry["reason"]) > 30 for entry in suppressed)


def test_reasons_stand_on_the_constructs_they_concern_and_never_on_a_stack(report: dict[str, Any]) -> None:
    assert report["acknowledged"]
    assert all("/" in path for path, _ in report["acknowledged"])


def test_no_reason_is_left_for_a_finding_that_is_gone(report: dict[str, Any]) -> None:
    found = {
        (place["constructPath"], entry["ruleName"])
        for plugin in report["pluginReports"]
        for entry in plugin["suppressedViolations"]
        for place in entry["violatingConstructs"]
    }
    unused = {
        (path, rule)
        for path, rule in report["acknowledged"]
        if not any(place.startswith(path) and name == rule for place, name in found)
    }
    assert unused == set()


@pytest.mark.prove
@pytest.mark.parametrize("report", [(described(), BARNET)], indirect=True, ids=["with people who are told by e-mail"])
def test_the_page_of_accepted_findings_is_up_to_date(report: dict[str, Any]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(report), "run `python -m infra.checks.accepted`"


@pytest.mark.prove
def test_an_environment_of_another_council_is_clean_in_a_folder_that_barnets_templates_lie_in(tmp_path: Path) -> None:
    context = cdk_context()
    environments = context[CONTEXT_KEY]
    own = {key: environments["local"][key] for key in ("instance_arn", "origination_identity")}
    environments["powys-live"] = {"policy": "policies/powys.toml", **own}
    templates_of(choose(context), ROOT / "policies" / "barnet.toml", tmp_path)
    synthesize(choose(context, "powys-live"), ROOT / "policies" / "powys.toml", tmp_path, validate=True)
    assert {path.name for path in templates(tmp_path)} < {path.name for path in tmp_path.glob("*.template.json")}
    assert all(path.name.startswith("powys-live-") for path in templates(tmp_path))


@pytest.mark.prove
def test_a_bucket_that_a_pack_would_not_have_is_refused_by_name_of_the_rule(tmp_path: Path) -> None:
    found = findings(tmp_path, lambda stack: s3.Bucket(stack, "Careless"))
    assert "stack/Careless/Resource: AwsSolutions-S10: " in found
    assert "stack/Careless/Resource: PCI.DSS.321-S3BucketVersioningEnabled: " in found


@pytest.mark.prove
def test_a_template_that_cloudformation_would_not_take_is_refused(tmp_path: Path) -> None:
    def build(stack: cdk.Stack) -> None:
        queue = sqs.CfnQueue(stack, "Queue", visibility_timeout=30)
        queue.add_property_override("VisibilityTimeOut", 1)

    assert "E3002" in findings(tmp_path, build)


def test_a_star_with_a_reason_is_accepted_and_one_without_cannot_be_written() -> None:
    stack = cdk.Stack(cdk.App(), "stack")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    rights = RolePolicy(stack, "Rights", role=role, description="test")
    bucket = s3.Bucket(stack, "Bucket")
    rights.allow("Read", ["s3:GetObject"], [bucket.arn_for_objects("*")], because="names are not known")
    for actions, resources, because in [
        (["s3:*"], [bucket.bucket_arn], ""),
        (["s3:GetObject"], ["*"], "because"),
        (["s3:GetObject"], [bucket.arn_for_objects("*")], ""),
        (["s3:GetObject"], [bucket.bucket_arn], "a reason for nothing"),
    ]:
        with pytest.raises(ValueError, match=r"^Write: a right names its actions and resources"):
            rights.allow("Write", actions, resources, because=because)


def test_the_same_right_on_something_else_joins_the_first_and_another_needs_a_name_of_its_own() -> None:
    stack = cdk.Stack(cdk.App(), "stack")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    rights = RolePolicy(stack, "Rights", role=role, description="test")
    rights.allow("Send", ["sqs:SendMessage"], ["arn:aws:sqs:eu-west-2:1:a"])
    rights.allow("Send", ["sqs:SendMessage"], ["arn:aws:sqs:eu-west-2:1:b"])
    with pytest.raises(ValueError, match=r"^Send: another right of this role has that name"):
        rights.allow("Send", ["sqs:DeleteMessage"], ["arn:aws:sqs:eu-west-2:1:b"])
    [statement] = stack.resolve(rights.document)["Statement"]
    assert statement["Resource"] == ["arn:aws:sqs:eu-west-2:1:a", "arn:aws:sqs:eu-west-2:1:b"]
    assert rights.grants("sqs:SendMessage", "arn:aws:sqs:eu-west-2:1:b")
