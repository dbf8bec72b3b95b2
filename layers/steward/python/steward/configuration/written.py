"""What was written: the resources of the deployed templates, every reference in them resolved.

CloudFormation says which template a stack was made from last and what each of its resources is called
(``GetTemplate``, ``ListStackResources``); what a reference stands for follows from that by the "Return values" of each
type in the CloudFormation template reference. One that is not known here is :class:`Unresolved`: nothing is compared
with it, and it is told as not shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

Json = Any
"""A value of a template or an answer, as JSON has it."""


_WHOLE: Final = frozenset(
    {
        "CREATE_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
    }
)
"""CloudFormation user guide, "Stack status codes"."""


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """A stack: the template it was made from last, and its resources' names by logical id."""

    name: str
    id: str
    status: str
    """CloudFormation's, such as ``UPDATE_COMPLETE``; empty where there is no stack of that name."""
    deployed_at: datetime | None = None
    """When the last deployment of it began, also one that was rolled back."""
    template: Mapping[str, Json] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def changing(self) -> bool:
        """Whether a deployment is under way, so that nothing can be said of it yet."""
        return self.status.endswith("_IN_PROGRESS") and not self.missing

    @property
    def is_whole(self) -> bool:
        """Whether all of it is as its template says: a deployment that failed and was not rolled back is neither."""
        return self.status in _WHOLE

    @property
    def missing(self) -> bool:
        """Whether there is no such stack: none of that name, or one that was proposed and never made.

        CloudFormation API reference, Stack: ``REVIEW_IN_PROGRESS`` is a stack without templates and resources.
        """
        return self.status in {"", "REVIEW_IN_PROGRESS"}


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource as it was written."""

    stack: str
    logical_id: str
    type: str
    name: str
    """What ``Ref`` answers: a name, an address, an id or an ARN, by its type."""
    properties: Mapping[str, Json] = field(default_factory=dict)
    attached: tuple[str, ...] = ()
    """The managed policies that name this role, by their ARNs: the template states it of the policy."""
    code: str = ""
    """A function's ``CodeSha256`` when it was first read with the file that its template names; empty before that."""


@dataclass(frozen=True)
class Unresolved:
    """Something that a template refers to and that cannot be told from outside."""

    what: str


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the stacks are."""

    account: str
    region: str
    partition: str = "aws"

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of something in this account and region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


def resources(stacks: Sequence[DeployedStack], place: Place) -> Iterator[Resource]:
    """Return every resource of the stacks, in the order of their templates, references between stacks resolved too."""
    reading = _Reading(stacks, place)
    found = [
        Resource(
            stack=stack.name,
            logical_id=logical_id,
            type=str(declared["Type"]),
            name=stack.names.get(logical_id, ""),
            properties=reading.value(declared.get("Properties", {}), stack),
        )
        for stack in stacks
        for logical_id, declared in stack.template.get("Resources", {}).items()
    ]
    attached: dict[str, list[str]] = {}
    for one in found:
        if one.type == "AWS::IAM::ManagedPolicy":
            for role in one.properties.get("Roles", []):
                attached.setdefault(str(role), []).append(one.name)
    for one in found:
        policies = attached.get(one.name, []) if one.type == "AWS::IAM::Role" else []
        yield replace(one, attached=tuple(policies)) if policies else one


def unresolved(value: Json) -> Iterator[str]:
    """Return what in a value could not be resolved."""
    if isinstance(value, Unresolved):
        yield value.what
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from unresolved(one)
    elif isinstance(value, list):
        for one in value:
            yield from unresolved(one)


class _Reading:
    """Resolves references. Each reference is looked up again: a nightly run has time, and holds no second copy."""

    def __init__(self, stacks: Sequence[DeployedStack], place: Place) -> None:
        self._place = place
        self._exports = {
            export: (stack, output["Value"])
            for stack in stacks
            for output in stack.template.get("Outputs", {}).values()
            if isinstance(export := output.get("Export", {}).get("Name"), str)
        }

    def value(self, value: Json, stack: DeployedStack) -> Json:
        if isinstance(value, list):
            return [self.value(one, stack) for one in value]
        if not isinstance(value, Mapping):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self._ref(str(argument), stack)
            if name.startswith("Fn::"):
                return self._function(name, argument, stack)
        return {key: self.value(one, stack) for key, one in value.items()}

    def _ref(self, name: str, stack: DeployedStack) -> Json:
        pseudo = {
            "AWS::AccountId": self._place.account,
            "AWS::Partition": self._place.partition,
            "AWS::Region": self._place.region,
            "AWS::StackId": stack.id,
            "AWS::StackName": stack.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        return stack.names.get(name) or Unresolved(f"Ref {name}")

    def _function(self, name: str, argument: Json, stack: DeployedStack) -> Json:
        if name == "Fn::GetAtt":
            logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
            return self._attribute(str(logical_id), str(attribute), stack)
        if name == "Fn::ImportValue" and argument in self._exports:
            source, exported = self._exports[argument]
            return self.value(exported, source)
        resolved, form = self.value(argument, stack), _TEXT.get(name)
        return Unresolved(name) if form is None or any(unresolved(resolved)) else form(resolved)

    def _attribute(self, logical_id: str, attribute: str, stack: DeployedStack) -> Json:
        declared, name = stack.template["Resources"].get(logical_id), stack.names.get(logical_id)
        what = f"GetAtt {logical_id}.{attribute}"
        if declared is None or not name:
            return Unresolved(what)
        form = _ATTRIBUTES.get((str(declared["Type"]), attribute))
        if form is None and attribute.endswith(("Arn", "ARN")) and name.startswith("arn:"):
            return name
        if form is None:
            return Unresolved(what)
        return form.format(
            arn=f"arn:{self._place.partition}",
            here=f"{self._place.region}:{self._place.account}",
            account=self._place.account,
            name=name,
            last=re.split("[/:|]", name)[-1],
            rule="/".join(name.split("|")),
        )


_TEXT: Final[Mapping[str, Callable[[list[Json]], Json]]] = {
    "Fn::Join": lambda given: str(given[0]).join(map(str, given[1])),
    "Fn::Select": lambda given: given[1][int(given[0])],
    "Fn::Split": lambda given: str(given[1]).split(str(given[0])),
}

_ATTRIBUTES: Final[Mapping[tuple[str, str], str]] = {
    ("AWS::CloudWatch::Alarm", "Arn"): "{arn}:cloudwatch:{here}:alarm:{name}",
    ("AWS::Connect::ContactFlowModuleAlias", "AliasId"): "{last}",
    ("AWS::Connect::ContactFlowModuleVersion", "Version"): "{last}",
    ("AWS::DynamoDB::Table", "Arn"): "{arn}:dynamodb:{here}:table/{name}",
    ("AWS::Events::EventBus", "Arn"): "{arn}:events:{here}:event-bus/{name}",
    ("AWS::Events::Rule", "Arn"): "{arn}:events:{here}:rule/{rule}",
    ("AWS::IAM::Role", "Arn"): "{arn}:iam::{account}:role/{name}",
    ("AWS::KMS::Key", "Arn"): "{arn}:kms:{here}:key/{name}",
    ("AWS::Kinesis::Stream", "Arn"): "{arn}:kinesis:{here}:stream/{name}",
    ("AWS::Lambda::Function", "Arn"): "{arn}:lambda:{here}:function:{name}",
    ("AWS::Lambda::Version", "Version"): "{last}",
    ("AWS::Logs::LogGroup", "Arn"): "{arn}:logs:{here}:log-group:{name}:*",
    ("AWS::S3::Bucket", "Arn"): "{arn}:s3:::{name}",
    ("AWS::SMSVOICE::ProtectConfiguration", "ProtectConfigurationId"): "{name}",
    ("AWS::SNS::Topic", "TopicName"): "{last}",
    ("AWS::SQS::Queue", "Arn"): "{arn}:sqs:{here}:{last}",
    ("AWS::SQS::Queue", "QueueName"): "{last}",
}
"""Attributes by type, from the name; the ARN of what is named by its ARN is that."""
