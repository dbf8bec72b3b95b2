"""The account, read: any operation that reads, by its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from botocore import xform_name

from steward.aws.clients import CONNECT_PIPELINE, PIPELINE, client
from steward.aws.errors import translated
from steward.clock import Clock
from steward.configuration.written import DeployedStack
from steward.failures import InvalidRequest

PAUSES: Final = {"connect": 0.5, "lambda": 0.1}
"""Seconds between two reads. Connect's quota is a few requests a second, and holds and agents come before; Lambda takes
15 requests a second about settings from the whole account, deployments among them.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html#api-requests
"""


@dataclass(frozen=True)
class LiveAccount:
    """The account and region that the function runs in."""

    clock: Clock

    def read(self, service: str, operation: str, /, **parameters: object) -> Mapping[str, Any]:
        """Make the call. Raises ``AwsError``."""
        self._pause(service)
        with translated(f"{service}.{operation}"):
            answer: Mapping[str, Any] = getattr(_client(service), xform_name(operation))(**parameters)
        return answer

    def pages(self, service: str, operation: str, member: str, /, **parameters: object) -> list[Any]:
        """Make the calls, as many as there are pages. Raises ``AwsError``."""
        self._pause(service)
        found: list[Any] = []
        with translated(f"{service}.{operation}"):
            for page in _client(service).get_paginator(xform_name(operation)).paginate(**parameters):
                found += page.get(member, [])
        return found

    def _pause(self, service: str) -> None:
        if service in PAUSES:
            self.clock.sleep(PAUSES[service])


def _client(service: str) -> Any:  # noqa: ANN401 - a client of any service
    return client(service, CONNECT_PIPELINE if service == "connect" else PIPELINE)


@dataclass(frozen=True)
class CloudFormationStacks:
    """Stacks by their names, with what CloudFormation keeps of them. What has not changed since is not read again."""

    names: tuple[str, ...]
    _known: dict[str, tuple[object, DeployedStack]] = field(default_factory=dict)

    def all(self) -> list[DeployedStack]:
        """Return each stack, without templates where one of them is changing. Raises ``AwsError``."""
        cloudformation: Any = client("cloudformation")
        found, since = [], {}
        for name in self.names:
            try:
                with translated("cloudformation.DescribeStacks"):
                    [described] = cloudformation.describe_stacks(StackName=name)["Stacks"]
            except InvalidRequest as problem:
                # How CloudFormation says that there is no stack of that name (API reference, DescribeStacks).
                if problem.code != "ValidationError":
                    raise
                found.append(DeployedStack(name=name, id="", status=""))
                continue
            stack = DeployedStack(
                name=name,
                id=described["StackId"],
                status=described["StackStatus"],
                deployed_at=described.get("LastUpdatedTime") or described["CreationTime"],
            )
            found.append(stack)
            since[name] = (stack.id, stack.deployed_at)
        if any(stack.changing for stack in found):
            return found
        for stack in found:
            if stack.missing:
                continue
            if stack.name not in self._known or self._known[stack.name][0] != since[stack.name]:
                self._known[stack.name] = since[stack.name], self._whole(stack)
        return [stack if stack.missing else replace(self._known[stack.name][1], status=stack.status) for stack in found]

    def _whole(self, stack: DeployedStack) -> DeployedStack:
        cloudformation: Any = client("cloudformation")
        name = stack.name
        with translated("cloudformation.GetTemplate"):
            body = cloudformation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
        with translated("cloudformation.ListStackResources"):
            pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
            listed = [one for page in pages for one in page["StackResourceSummaries"]]
        return replace(
            stack,
            # botocore returns a template of JSON as a mapping already.
            template=json.loads(body) if isinstance(body, str) else body,
            names={one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in listed},
        )
