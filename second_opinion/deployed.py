"""The deployable part of the stacks, as LocalStack's CloudFormation made it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.checks.synthesized import templates
from second_opinion.deployable import part

if TYPE_CHECKING:
    from pathlib import Path

    from second_opinion.engine import Engine

ORDER: Final = ("stores", "controls")
"""The stacks that have anything to deploy here, each after what it imports from."""

_TEMPLATES: Final = "templates"
_WITHIN: Final = 120.0
"""Seconds. An idle machine takes a quarter of that."""


@dataclass(frozen=True)
class Deployed:
    """What is there: physical ids by the last part of the stack's name and by logical id, and what is left out."""

    resources: Mapping[tuple[str, str], str]
    left_out: Mapping[str, int]

    def one(self, stack: str, logical_id: str) -> str:
        """Return the physical id of a resource."""
        return self.resources[stack, logical_id]


class NotDeployedError(Exception):
    """The other CloudFormation refused something: which resources, and in its words."""


def deploy(engine: Engine, assembly: Path) -> Deployed:
    """Deploy what can be deployed. Raises NotDeployedError with what was refused."""
    cloudformation, storage = engine.client("cloudformation"), engine.client("s3")
    storage.create_bucket(Bucket=_TEMPLATES, CreateBucketConfiguration={"LocationConstraint": engine.region})
    paths = {path.name.removesuffix(".template.json").rpartition("-")[2]: path for path in templates(assembly)}
    left_out: Counter[str] = Counter()
    resources: dict[tuple[str, str], str] = {}
    for stack in sorted(paths, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER)):
        found = part(json.loads(paths[stack].read_text(encoding="utf-8")))
        left_out.update(found.left_out)
        if not found.template["Resources"]:
            continue
        name = paths[stack].name.removesuffix(".template.json")
        storage.put_object(Bucket=_TEMPLATES, Key=name, Body=json.dumps(found.template))
        cloudformation.create_stack(
            StackName=name,
            TemplateURL=f"{engine.endpoint}/{_TEMPLATES}/{name}",
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        _wait(cloudformation, name)
        for one in _resources(cloudformation, name):
            resources[stack, one["LogicalResourceId"]] = one["PhysicalResourceId"]
    return Deployed(resources, left_out)


def _wait(cloudformation: Any, name: str) -> None:  # noqa: ANN401 - as a client is typed elsewhere
    until = time.monotonic() + _WITHIN
    status = "CREATE_IN_PROGRESS"
    while status.endswith("_IN_PROGRESS") and time.monotonic() < until:
        time.sleep(0.2)
        status = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    if status != "CREATE_COMPLETE":
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in events
            if event["ResourceStatus"].endswith("FAILED")
        ]
        raise NotDeployedError(f"{name} is {status}: {'; '.join(failed)}")


def _resources(cloudformation: Any, name: str) -> list[dict[str, Any]]:  # noqa: ANN401 - as above
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
    return [one for page in pages for one in page["StackResourceSummaries"]]
