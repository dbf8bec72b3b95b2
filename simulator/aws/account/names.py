"""What the deployment called things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from steward.names import RECORD_CLASS_TAG

if TYPE_CHECKING:
    from simulator.aws.cloudformation.assembly import Stack
    from simulator.aws.cloudformation.resource import Resource
    from simulator.aws.lambda_.service import Functions

_INSTANCE: Final = "instance/8c1b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"


@dataclass(frozen=True)
class Names:
    """Physical names of one deployment.

    ``buckets`` is keyed by record class (or ``legal_hold``), by the tag that the stores carry; a bucket without the tag
    by its logical id. Everything else is keyed by logical id, ``functions`` by folder name.
    """

    account: str
    region: str
    instance_arn: str
    buckets: Mapping[str, str]
    tables: Mapping[str, str]
    queues: Mapping[str, str]
    topics: Mapping[str, str]
    streams: Mapping[str, str]
    functions: Mapping[str, str]

    @property
    def instance_id(self) -> str:
        """The id of the Connect instance."""
        return self.instance_arn.rpartition("/")[2]


def instance_of(stacks: Iterable[Stack], account: str, region: str) -> str:
    """Return the ARN of the Connect instance that the templates name, or that of local runs if they name none."""
    named = (
        resource["Properties"]["InstanceArn"]
        for stack in stacks
        for resource in stack.template.get("Resources", {}).values()
        if resource["Type"] == "AWS::Connect::InstanceStorageConfig"
    )
    return next((arn for arn in named if isinstance(arn, str)), f"arn:aws:connect:{region}:{account}:{_INSTANCE}")


def read_names(
    resources: Iterable[Resource], functions: Functions, *, account: str, region: str, instance_arn: str
) -> Names:
    """Return the names of a deployment."""
    by_type: dict[str, dict[str, str]] = {}
    buckets: dict[str, str] = {}
    for resource in resources:
        declared = resource.declaration
        by_type.setdefault(declared.type, {})[declared.logical_id] = resource.identity.ref
        if declared.type == "AWS::S3::Bucket":
            buckets[declared.tags.get(RECORD_CLASS_TAG, declared.logical_id)] = resource.identity.ref
    return Names(
        account=account,
        region=region,
        instance_arn=instance_arn,
        buckets=buckets,
        tables=by_type.get("AWS::DynamoDB::Table", {}),
        queues=by_type.get("AWS::SQS::Queue", {}),
        topics=by_type.get("AWS::SNS::Topic", {}),
        streams=by_type.get("AWS::Kinesis::Stream", {}),
        functions={spec.short_name: spec.name for spec in functions},
    )
