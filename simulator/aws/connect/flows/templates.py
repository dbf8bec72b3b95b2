"""Flows, modules, versions and aliases as templates declare them.

What ``Ref`` and ``Fn::GetAtt`` answer: the "Return values" of each type in the CloudFormation template reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.cloudformation.declaration import Identity
from simulator.aws.cloudformation.resource import TemplateError
from simulator.aws.connect.errors import ConnectError
from simulator.aws.connect.flows.book import MODULE, Alias, Flow

if TYPE_CHECKING:
    from simulator.aws.cloudformation.declaration import Declaration
    from simulator.aws.cloudformation.resource import DeployContext, Resource, ResourceProvider
    from simulator.aws.connect.flows.book import Flows

FLOW: Final = "AWS::Connect::ContactFlow"
FLOW_MODULE: Final = "AWS::Connect::ContactFlowModule"
VERSION: Final = "AWS::Connect::ContactFlowModuleVersion"
ALIAS: Final = "AWS::Connect::ContactFlowModuleAlias"


@dataclass(frozen=True)
class DeployedFlows:
    """Makes an instance know what templates declare; ``named`` gives each its ARN, as for any record."""

    flows: Flows
    named: dict[str, ResourceProvider]

    def create(self, site: DeployContext, declared: Declaration) -> Identity:
        """Publish a flow or a module. Raises ``TemplateError``."""
        identity = self.named[declared.type](site, declared)
        properties = declared.properties
        kind = MODULE if declared.type == FLOW_MODULE else str(properties.get("Type", "CONTACT_FLOW"))
        flow = Flow(identity.ref, str(properties["Name"]), kind, saved="")
        self._publish(flow, declared)
        self.flows.add(flow)
        return Identity(identity.ref, identity.attributes, lambda: self.flows.remove(flow.id))

    def change(self, _: DeployContext, before: Resource, declared: Declaration) -> Identity:
        """Publish what a template says now. Raises ``TemplateError``."""
        self._publish(self.flows.find(before.identity.ref)[0], declared)
        return before.identity

    def _publish(self, flow: Flow, declared: Declaration) -> None:
        try:
            flow.publish(str(declared.properties["Content"]))
        except ConnectError as error:
            raise TemplateError(f"{declared.logical_id} ({declared.type}): {error.message}") from error

    def freeze(self, _: DeployContext, declared: Declaration) -> Identity:
        """Make a version of what its module is now."""
        module = self._module(declared)
        number = module.freeze()
        arn = f"{module.arn}:{number}"
        return Identity(
            arn,
            {"ContactFlowModuleVersionARN": arn, "Version": str(number)},
            lambda: module.versions.pop(number),
        )

    def alias(self, site: DeployContext, declared: Declaration) -> Identity:
        """Name a version."""
        identity = self.named[declared.type](site, declared)
        module = self._module(declared)
        made = Alias(identity.ref.rpartition("/")[2], str(declared.properties["Name"]), _version(declared))
        module.aliases[made.id] = made
        return Identity(identity.ref, identity.attributes, lambda: module.aliases.pop(made.id))

    def move(self, _: DeployContext, before: Resource, declared: Declaration) -> Identity:
        """Let an alias name the version that a template says now."""
        moved = self._module(declared).aliases[before.identity.ref.rpartition("/")[2]]
        moved.name, moved.version = str(declared.properties["Name"]), _version(declared)
        return before.identity

    def _module(self, declared: Declaration) -> Flow:
        return self.flows.find(str(declared.properties["ContactFlowModuleId"]), module=True)[0]


def _version(declared: Declaration) -> int:
    value: Any = declared.properties["ContactFlowModuleVersion"]
    return int(value)
