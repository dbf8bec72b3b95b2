"""Where an instance stores what: one configuration of each kind.

Sources: Amazon Connect API reference, AssociateInstanceStorageConfig ("associates a storage resource type for the first
time"; ResourceConflictException "if you try to associate the same resource type twice") and its relatives; what
``Ref`` answers: CloudFormation, AWS::Connect::InstanceStorageConfig.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.cloudformation.resource import TemplateError
from simulator.aws.connect.errors import ConnectError, not_found

if TYPE_CHECKING:
    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, Resource

_OF_API: Final = ("StorageType", "S3Config", "KinesisVideoStreamConfig", "KinesisStreamConfig", "KinesisFirehoseConfig")
"""The members of a configuration, which a template and the API call alike."""

Configuration = dict[str, Any]


class Storage:
    """The configurations of one instance, by kind."""

    def __init__(self, instance_arn: str) -> None:
        """Start without any, as an instance that the API made."""
        self._instance_arn = instance_arn
        self._by_kind: dict[str, Configuration] = {}

    def of(self, kind: str) -> list[Configuration]:
        """Return the configurations of a kind: one or none."""
        return [dict(self._by_kind[kind])] if kind in self._by_kind else []

    def associate(self, kind: str, configuration: Mapping[str, Any]) -> str:
        """Make the first configuration of a kind and return its id; raise ``ConnectError`` for a second one."""
        if kind in self._by_kind:
            raise ConnectError(
                "ResourceConflictException", f"The instance has a storage configuration of the type {kind} already"
            )
        identity = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._instance_arn}/{kind}/{configuration}"))
        self._by_kind[kind] = {"AssociationId": identity, **configuration}
        return identity

    def update(self, kind: str, identity: str, configuration: Mapping[str, Any]) -> None:
        """Put another configuration in its place, under the same id; raise ``ConnectError`` where there is none."""
        self._find(kind, identity)
        self._by_kind[kind] = {"AssociationId": identity, **configuration}

    def disassociate(self, kind: str, identity: str) -> None:
        """Take it away; raise ``ConnectError`` where there is none."""
        self._find(kind, identity)
        del self._by_kind[kind]

    def _find(self, kind: str, identity: str) -> Configuration:
        found = self._by_kind.get(kind)
        if found is None or found["AssociationId"] != identity:
            raise not_found(f"The storage configuration {identity} of the type {kind}")
        return found

    def answer(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one of the API's operations on a configuration; raises ``ConnectError``."""
        kind, identity = str(parameters["ResourceType"]), str(parameters.get("AssociationId", ""))
        match operation:
            case "AssociateInstanceStorageConfig":
                return {"AssociationId": self.associate(kind, parameters["StorageConfig"])}
            case "UpdateInstanceStorageConfig":
                self.update(kind, identity, parameters["StorageConfig"])
            case "DisassociateInstanceStorageConfig":
                self.disassociate(kind, identity)
            case _:
                return {"StorageConfig": dict(self._find(kind, identity))}
        return {}

    def create(self, _: DeployContext, declared: Declaration) -> Identity:
        """Create what a template declares; raise ``TemplateError`` where the kind is taken."""
        kind = str(declared.properties["ResourceType"])
        try:
            identity = self.associate(kind, _configuration(declared))
        except ConnectError as error:
            raise TemplateError(f"{declared.logical_id} ({declared.type}): {error.message}") from error
        return self._identity(kind, identity)

    def change(self, _: DeployContext, before: Resource, declared: Declaration) -> Identity:
        """Make a configuration what a template says now."""
        kind = str(declared.properties["ResourceType"])
        self.update(kind, str(before.identity.attributes["AssociationId"]), _configuration(declared))
        return before.identity

    def find(self, _: DeployContext, identifier: Mapping[str, str]) -> Identity:
        """Return what an import takes over; raise ``TemplateError`` where it is not there."""
        kind, identity = identifier["ResourceType"], identifier["AssociationId"]
        try:
            self._find(kind, identity)
        except ConnectError as error:
            raise TemplateError(str(error.message)) from error
        return self._identity(kind, identity)

    def _identity(self, kind: str, identity: str) -> Identity:
        reference = f"{self._instance_arn}|{identity}|{kind}"
        return Identity(reference, {"AssociationId": identity}, lambda: self.disassociate(kind, identity))


def _configuration(declared: Declaration) -> Configuration:
    return {name: declared.properties[name] for name in _OF_API if name in declared.properties}
