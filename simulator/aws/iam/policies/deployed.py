"""Every policy of a deployment, as the templates declare it, and which key protects what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.aws.iam.policies.statements import Statement, UnknownElement, as_list, read_statements
from simulator.aws.lambda_.permission import statement_of

if TYPE_CHECKING:
    from simulator.aws.cloudformation.resource import Resource

_RESOURCE_POLICIES = {
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
}


@dataclass(frozen=True)
class DeployedPolicies:
    """The policies of roles and of resources, by ARN."""

    account: str
    region: str
    roles: Mapping[str, tuple[Statement, ...]]
    resources: Mapping[str, tuple[Statement, ...]]
    """Bucket, queue, topic and key policies; a role's trust policy; a function's permissions."""
    keys: Mapping[str, str]
    """The ARN of the key that encrypts a bucket, table, topic, queue or stream."""

    def of_role(self, arn: str) -> tuple[Statement, ...]:
        """Return what a role's own policies say; nothing for a service or an unknown role."""
        return self.roles.get(arn, ())

    def of_resource(self, arn: str) -> tuple[Statement, ...]:
        """Return what the policy of a resource says; an object has its bucket's."""
        return self.resources.get(_bearer(arn), ())

    def knows(self, arn: str) -> bool:
        """Tell whether the templates declare the policy of that resource."""
        return _bearer(arn) in self.resources

    def key_of(self, arn: str) -> str | None:
        """Return the ARN of the customer's key that protects a resource, or ``None``."""
        return self.keys.get(_bearer(arn))

    def statements(self) -> Iterator[Statement]:
        """Go through every statement."""
        for statements in (*self.roles.values(), *self.resources.values()):
            yield from statements

    def without(self, removed: Statement, instead: Statement | None = None) -> DeployedPolicies:
        """Return the same without a statement, or with another in its place."""

        def cut(policies: Mapping[str, tuple[Statement, ...]]) -> dict[str, tuple[Statement, ...]]:
            return {
                arn: tuple(_but(statements, removed, instead)) if removed in statements else statements
                for arn, statements in policies.items()
            }

        return replace(self, roles=cut(self.roles), resources=cut(self.resources))


def read_policies(resources: Iterable[Resource], *, account: str, region: str) -> DeployedPolicies:
    """Read them from deployed resources; raise ``UnknownElement`` for what is not modelled."""
    listed = list(resources)
    roles, buses = _named(listed, "AWS::IAM::Role"), _named(listed, "AWS::Events::EventBus")
    reader = _Reader(arns_by_reference(listed), roles, buses)
    keys: dict[str, str] = {}
    for resource in listed:
        declared = resource.declaration
        same_type = {"AWS::IAM::Role": roles, "AWS::Events::EventBus": buses}
        arn = same_type.get(declared.type, reader.arns)[resource.identity.ref]
        reader.read(declared.type, declared.logical_id, arn, declared.properties)
        key = _key(declared.type, declared.properties)
        if key:
            keys[arn] = key if key.startswith("arn:") else f"arn:aws:kms:{region}:{account}:key/{key}"
    return DeployedPolicies(account=account, region=region, roles=reader.roles, resources=reader.resources, keys=keys)


def _named(resources: Iterable[Resource], kind: str) -> dict[str, str]:
    """Return the ARNs of one type by name: a thing of another type may have the same name."""
    return {one.identity.ref: str(one.identity.attributes["Arn"]) for one in resources if one.declaration.type == kind}


class _Reader:
    """Collects the statements of one deployment."""

    def __init__(self, arns: Mapping[str, str], role_arns: Mapping[str, str], bus_arns: Mapping[str, str]) -> None:
        self.arns = arns
        self._bus_arns = bus_arns
        self._role_arns = role_arns
        self.roles: dict[str, tuple[Statement, ...]] = {}
        self.resources: dict[str, tuple[Statement, ...]] = {}

    def read(self, kind: str, name: str, arn: str, properties: Mapping[str, Any]) -> None:  # noqa: C901 - by type
        """Take what a resource says about permissions, if it does."""
        match kind:
            case "AWS::IAM::Role":
                if properties.keys() & {"Policies", "ManagedPolicyArns"}:
                    raise UnknownElement(f"{name}: policies that the role itself lists are not modelled")
                self.roles.setdefault(arn, ())
                self._add(self.resources, arn, read_statements(name, properties["AssumeRolePolicyDocument"]))
            case "AWS::IAM::ManagedPolicy" | "AWS::IAM::Policy":
                for role in properties.get("Roles", ()):
                    self._add(self.roles, self._role_arns[role], read_statements(name, properties["PolicyDocument"]))
            case "AWS::Events::EventBus" | "AWS::S3::Bucket" | "AWS::SNS::Topic" | "AWS::SQS::Queue":
                # Its policy may follow; without one it has none.
                self._add(self.resources, arn, ())
            case "AWS::DynamoDB::Table":
                self._add(self.resources, arn, _of_table(name, properties))
            case "AWS::KMS::Key":
                self._add(self.resources, arn, read_statements(name, properties["KeyPolicy"]))
            case "AWS::Lambda::Permission":
                function = str(properties["FunctionName"])
                self._add(self.resources, self.arns.get(function, function), _permission(name, properties))
            case "AWS::Events::EventBusPolicy":
                bus = str(properties["EventBusName"])
                self._add(
                    self.resources, self._bus_arns[bus], read_statements(name, {"Statement": properties["Statement"]})
                )
            case kind if kind in _RESOURCE_POLICIES:
                for bearer in as_list(properties[_RESOURCE_POLICIES[kind]]):
                    self._add(self.resources, self.arns[bearer], read_statements(name, properties["PolicyDocument"]))
            case _:
                pass

    def _add(self, policies: dict[str, tuple[Statement, ...]], arn: str, statements: Iterable[Statement]) -> None:
        policies[arn] = (*policies.get(arn, ()), *statements)


def arns_by_reference(resources: Iterable[Resource]) -> dict[str, str]:
    """Return the ARN of what ``Ref`` answers; a reference that is an ARN stands for itself.

    A role may have the name of a function: only policies refer to roles by name, and those look among the roles.
    """
    arns: dict[str, str] = {}
    for resource in sorted(resources, key=lambda one: one.declaration.type != "AWS::IAM::Role"):
        if "Arn" in resource.identity.attributes:
            arns[resource.identity.ref] = str(resource.identity.attributes["Arn"])
        else:
            # A bucket's policy answers with the bucket's name.
            arns.setdefault(resource.identity.ref, resource.identity.ref)
    return arns


def _key(kind: str, properties: Mapping[str, Any]) -> str | None:
    match kind:
        case "AWS::S3::Bucket":
            rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", ())
            key = next((rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID") for rule in rules), None)
        case "AWS::DynamoDB::Table":
            key = properties.get("SSESpecification", {}).get("KMSMasterKeyId")
        case "AWS::Kinesis::Stream":
            key = properties.get("StreamEncryption", {}).get("KeyId")
        case "AWS::SNS::Topic" | "AWS::SQS::Queue":
            key = properties.get("KmsMasterKeyId")
        case "AWS::Logs::LogGroup":
            key = properties.get("KmsKeyId")
        case _:
            key = None
    return None if key is None else str(key)


def _of_table(name: str, properties: Mapping[str, Any]) -> Iterator[Statement]:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html ."""
    document = properties.get("ResourcePolicy", {}).get("PolicyDocument")
    return read_statements(name, document) if document else iter(())


def _permission(name: str, properties: Mapping[str, Any]) -> Iterator[Statement]:
    return read_statements(name, {"Statement": statement_of(properties)})


def _but(statements: tuple[Statement, ...], removed: Statement, instead: Statement | None) -> Iterator[Statement]:
    for statement in statements:
        if statement != removed:
            yield statement
        elif instead is not None:
            yield instead


def _bearer(arn: str) -> str:
    """Return what bears the policy: an object's bucket, an index's table."""
    if arn.startswith("arn:aws:s3:::"):
        return arn.partition("/")[0]
    return arn.partition("/index/")[0] if arn.startswith("arn:aws:dynamodb:") else arn
