"""What a deployment is going to make, read from its own templates."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from steward.policy.checking.kept import PUBLISHED_AS, Kept, read_published

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from infra.config import Deployment
    from steward.policy.model import Policy

_NAMED: Final = {
    "AWS::Connect::ContactFlow": "Name",
    "AWS::Connect::ContactFlowModule": "Name",
    "AWS::Connect::EvaluationForm": "Title",
    "AWS::Connect::Rule": "Name",
    "AWS::Connect::View": "Name",
    "AWS::Events::EventBus": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SMSVOICE::ConfigurationSet": "ConfigurationSetName",
    "AWS::SMSVOICE::OptOutList": "OptOutListName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Parameter": "Name",
    "AWS::Scheduler::ScheduleGroup": "Name",
}
"""The property by which AWS tells resources of a type apart, where our templates name them."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One resource of a template."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    outlives: bool = False
    """Whether it stays when its stack goes."""

    @property
    def name(self) -> str:
        """The name that the template gives it; empty where AWS makes one up."""
        name = self.properties.get(_NAMED.get(self.type, ""), "")
        return name if isinstance(name, str) else ""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An environment, its policy, and what its templates declare."""

    deployment: Deployment
    policy: Policy
    stacks: tuple[str, ...]
    resources: tuple[Declared, ...]
    kept: Kept
    """What the templates say that they keep."""

    def of_type(self, kind: str) -> list[Declared]:
        """Return the declared resources of that CloudFormation type."""
        return [one for one in self.resources if one.type == kind]

    def counts(self) -> Counter[str]:
        """Return how many resources of each type are declared."""
        return Counter(one.type for one in self.resources)


def read_plan(assembly: Path, deployment: Deployment, policy: Policy) -> Plan:
    """Return what the templates of this assembly declare.

    Raises ``OSError`` and ``json.JSONDecodeError`` for an assembly that was not written whole.
    """
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    templates = {
        name: artifact["properties"]["templateFile"]
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }

    read = {stack: json.loads((assembly / file).read_text(encoding="utf-8")) for stack, file in templates.items()}

    def declared() -> Iterator[Declared]:
        for stack, template in read.items():
            for logical_id, one in template["Resources"].items():
                yield Declared(
                    stack=stack,
                    logical_id=logical_id,
                    type=one["Type"],
                    properties=one.get("Properties", {}),
                    outlives=str(one.get("DeletionPolicy", "")).startswith("Retain"),
                )

    return Plan(
        deployment=deployment,
        policy=policy,
        stacks=tuple(templates),
        resources=tuple(declared()),
        kept=read_published(read[f"{deployment.prefix}-stores"]["Outputs"][PUBLISHED_AS]["Value"]),
    )
