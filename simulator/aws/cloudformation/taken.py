"""What is there already cannot be created: names, associations and policies that an account has, whoever made them.

Sources: each type's ``primaryIdentifier`` in its CloudFormation schema, and its service's documents where a service
tells resources apart by something else: a bucket has one policy ("The bucket policy already exists on bucket"), a
function one event source mapping from a queue. That an instance takes one storage configuration of a kind, Connect
says itself (``simulator.aws.connect.storage.configurations``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from simulator.aws.cloudformation.declaration import Declaration, Identity

_TOLD_APART_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "AWS::CloudTrail::Trail": ("TrailName",),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::CloudWatch::Dashboard": ("DashboardName",),
    "AWS::Connect::ContactFlow": ("InstanceArn", "Name"),
    "AWS::Connect::ContactFlowModule": ("InstanceArn", "Name"),
    "AWS::Connect::EvaluationForm": ("InstanceArn", "Title"),
    "AWS::Connect::IntegrationAssociation": ("InstanceId", "IntegrationArn"),
    "AWS::Connect::Rule": ("InstanceArn", "Name"),
    "AWS::Connect::TestCase": ("InstanceArn", "Name"),
    "AWS::Connect::View": ("InstanceArn", "Name"),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::Events::Archive": ("ArchiveName",),
    "AWS::Events::EventBus": ("Name",),
    "AWS::Events::EventBusPolicy": ("EventBusName", "StatementId"),
    "AWS::Events::Rule": ("EventBusName", "Name"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName",),
    "AWS::IAM::Role": ("RoleName",),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Kinesis::Stream": ("Name",),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamName",),
    "AWS::Lambda::EventSourceMapping": ("EventSourceArn", "FunctionName"),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Lambda::Url": ("TargetFunctionArn",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::Logs::LogStream": ("LogGroupName", "LogStreamName"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::SMSVOICE::ConfigurationSet": ("ConfigurationSetName",),
    "AWS::SMSVOICE::OptOutList": ("OptOutListName",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SSM::Parameter": ("Name",),
    "AWS::Scheduler::Schedule": ("GroupName", "Name"),
    "AWS::Scheduler::ScheduleGroup": ("Name",),
}

Name = tuple[str, ...]


class TakenNames:
    """What is there in one account and region, and the names that are taken by it."""

    def __init__(self) -> None:
        self._names: dict[Name, str] = {}
        self._there: set[tuple[str, str, str]] = set()
        self._refused: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Go through what stacks made and what they left: each stack, logical id and physical id."""
        return iter(sorted(self._there))

    def refuse(self, logical_id: str, why: str) -> None:
        """Let the next creation of the resource with that logical id fail, for a reason as its service gives it."""
        self._refused.setdefault(logical_id, []).append(why)

    def why_not(self, declared: Declaration) -> str | None:
        """Return why the resource cannot be created, if it cannot."""
        if self._refused.get(declared.logical_id):
            return self._refused[declared.logical_id].pop(0)
        name = told_apart(declared)
        if name is None or name not in self._names:
            return None
        if declared.type == "AWS::S3::BucketPolicy":
            return f"The bucket policy already exists on bucket {name[1]}."
        return f"Resource of type '{declared.type}' with identifier '{'|'.join(name[1:])}' already exists."

    def take(self, declared: Declaration, identity: Identity) -> None:
        """Note that a stack made it."""
        self._there.add((declared.stack, declared.logical_id, identity.ref))
        name = told_apart(declared)
        if name is not None:
            self._names[name] = declared.stack

    def take_as_it_is(self, kind: str, *identifier: str) -> None:
        """Note something of that type that no stack made: a person did, in the console."""
        self._names[(kind, *identifier)] = ""

    def give_back(self, declared: Declaration, identity: Identity) -> None:
        """Note that it is there no longer."""
        self._there.discard((declared.stack, declared.logical_id, identity.ref))
        name = told_apart(declared)
        if name is not None:
            self._names.pop(name, None)


def told_apart(declared: Declaration) -> Name | None:
    """Return the identifier that a template gives; a name that CloudFormation makes up is new each time."""
    parts = _TOLD_APART_BY.get(declared.type, ())
    given = tuple(str(declared.properties.get(one, "")) for one in parts)
    return (declared.type, *given) if given and given[-1] else None
