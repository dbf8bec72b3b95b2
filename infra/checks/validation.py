"""What a template has to pass before it is deployed: the library's rules, cfn-lint and four compliance packs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import cdk_nag
from cfnlint.api import lint  # type: ignore[import-untyped]

from infra.checks.synthesized import templates
from infra.parts.access.role_policy import RolePolicy
from infra.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKS = (
    cdk_nag.AwsSolutionsChecks,
    cdk_nag.ServerlessChecks,
    cdk_nag.NIST80053R5Checks,
    cdk_nag.PCIDSS321Checks,
)

REPORT = "validation-report.json"
"""Where the library writes what the packs and its own rules found and what was accepted, inside the assembly."""

NEWER_THAN_THE_LINT = (("W3037", "'deletecontactdata' is not one of "),)
"""What cfn-lint does not know yet, by rule and the beginning of its message.

Its list of IAM's actions is older than Connect's operation DeleteContactData, which botocore's model has; an action is
named after its operation (Service Authorization Reference). A policy may name an action that IAM does not know.
"""


def validate(app: cdk.App, region: str) -> None:
    """Check an application that was synthesized for that region.

    Raises :class:`RefusalError` with a line for each finding without a reason.
    """
    report = Path(app.outdir) / REPORT
    report.unlink(missing_ok=True)
    cdk.Validations.of(app).add_plugins(cdk.CloudFormationValidatePlugin())
    for pack in PACKS:
        cdk.Validations.of(app).add_plugins(pack(app))
    for construct in app.node.find_all():
        if isinstance(construct, RolePolicy):
            construct.accept_open_resources()
    failure = ""
    try:
        app.synth(force=True)
    except RuntimeError as error:
        failure = str(error)
    found = [*_findings(report), *_lint(Path(app.outdir), region)]
    if found or failure:
        raise RefusalError("\n".join(found or [failure]))


def _findings(report: Path) -> Iterator[str]:
    if not report.is_file():
        return
    content: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    for plugin in content["pluginReports"]:
        for violation in plugin["violations"]:
            for place in violation["violatingConstructs"]:
                yield f"{place['constructPath']}: {violation['ruleName']}: {violation['description']}"


def _lint(assembly: Path, region: str) -> Iterator[str]:
    for template in templates(assembly):
        for match in lint(template.read_text(encoding="utf-8"), regions=[region]):
            if not any(match.rule.id == rule and match.message.startswith(said) for rule, said in NEWER_THAN_THE_LINT):
                yield f"{template.name}, line {match.linenumber}: {match.rule.id}: {match.message}"
