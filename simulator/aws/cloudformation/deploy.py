"""Deploys stacks: every resource after what it refers to, by the creator of its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from simulator.aws.cloudformation.intrinsics import Language, TemplateError
from simulator.aws.cloudformation.resource import Declaration, Resource

if TYPE_CHECKING:
    from simulator.aws.cloudformation.assembly import Stack
    from simulator.aws.cloudformation.resource import DeployContext, ResourceProvider


class StackDeployment:
    """The deployment of one stack; it answers the references of its own template."""

    def __init__(
        self, stack: Stack, site: DeployContext, creators: Mapping[str, ResourceProvider], exports: dict[str, object]
    ) -> None:
        self._stack = stack
        self._site = site
        self._creators = creators
        self._exports = exports
        self._declared: Mapping[str, Any] = stack.template.get("Resources", {})
        self._created: dict[str, Resource] = {}
        self._creating: list[str] = []
        self._language = Language(stack.template, self, site.region)
        self._pseudo: dict[str, object] = {
            "AWS::AccountId": site.account,
            "AWS::Region": site.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": stack.name,
            "AWS::StackId": site.arn("cloudformation", f"stack/{stack.name}/00000000-0000-4000-8000-000000000000"),
            "AWS::NotificationARNs": [],
            "AWS::NoValue": None,
        }

    def deploy(self) -> list[Resource]:
        """Create every resource and publish the exports; raise ``TemplateError`` for what cannot be deployed."""
        for logical_id in self._declared:
            if self._wanted(logical_id):
                self._create(logical_id)
        for output in self._stack.template.get("Outputs", {}).values():
            if "Export" in output and ("Condition" not in output or self._language.condition(output["Condition"])):
                self._exports[str(self._language.resolve(output["Export"]["Name"]))] = self._language.resolve(
                    output["Value"]
                )
        return list(self._created.values())

    def ref(self, logical_id: str) -> object:
        """Return what ``Ref`` answers for a resource, parameter or pseudo parameter."""
        if logical_id in self._pseudo:
            return self._pseudo[logical_id]
        if logical_id in self._stack.template.get("Parameters", {}):
            return self._parameter(logical_id)
        return self._create(logical_id).identity.ref

    def attribute(self, logical_id: str, name: str) -> object:
        """Return what ``Fn::GetAtt`` answers."""
        resource = self._create(logical_id)
        try:
            return resource.identity.attributes[name]
        except KeyError:
            declared = resource.declaration.type
            raise TemplateError(f"{logical_id} ({declared}) has no attribute {name!r} that is known here") from None

    def imported(self, name: str) -> object:
        """Return the value that another stack exports under that name."""
        try:
            return self._exports[name]
        except KeyError:
            raise TemplateError(f"the stack {self._stack.name} imports {name!r}, which no stack exports") from None

    def _wanted(self, logical_id: str) -> bool:
        condition = self._declared[logical_id].get("Condition")
        return condition is None or self._language.condition(condition)

    def _parameter(self, name: str) -> object:
        parameter = self._stack.template["Parameters"][name]
        if "Default" not in parameter:
            raise TemplateError(f"the stack {self._stack.name} needs a value for its parameter {name!r}")
        if str(parameter["Type"]).startswith("AWS::SSM::Parameter::Value"):
            # The bootstrap stack is not deployed here: its version is the only parameter that may be absent.
            if name == "BootstrapVersion":
                return "30"
            return self._site.client("ssm").get_parameter(Name=parameter["Default"])["Parameter"]["Value"]
        return parameter["Default"]

    def _create(self, logical_id: str) -> Resource:
        if logical_id in self._created:
            return self._created[logical_id]
        if logical_id not in self._declared or not self._wanted(logical_id):
            raise TemplateError(f"the stack {self._stack.name} refers to {logical_id!r}, which it does not declare")
        if logical_id in self._creating:
            raise TemplateError(
                f"resources refer to each other in a circle: {' -> '.join([*self._creating, logical_id])}"
            )
        declared = self._declared[logical_id]
        creator = self._creators.get(declared["Type"])
        if creator is None:
            raise TemplateError(f"{logical_id} is of the type {declared['Type']}, which the embedded AWS does not know")
        self._creating.append(logical_id)
        needs = declared.get("DependsOn", [])
        for needed in [needs] if isinstance(needs, str) else needs:
            if self._wanted(needed):
                self._create(needed)
        declaration = Declaration(
            stack=self._stack.name,
            logical_id=logical_id,
            type=declared["Type"],
            properties=self._language.resolve(declared.get("Properties", {})) or {},
        )
        resource = Resource(declaration, creator(self._site, declaration))
        self._creating.pop()
        self._created[logical_id] = resource
        return resource
