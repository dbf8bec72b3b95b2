"""What a role may do: named actions on named resources, and a reason wherever a name cannot be given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

NO_RESOURCE: Final = frozenset({"cloudwatch:GetMetricData"})
"""Actions for which AWS knows no resource, so that every one has to be named; what they read are numbers.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html: an action without a
resource type in its row takes ``"*"``.
"""

_Terms = tuple[tuple[str, ...], "Mapping[str, object] | None"]
"""The actions of a statement, and its conditions."""


class RolePolicy(iam.ManagedPolicy):
    """All that a role may do, in one managed policy of its own."""

    def __init__(self, scope: Construct, construct_id: str, *, role: iam.Role, description: str) -> None:
        super().__init__(scope, construct_id, description=description, roles=[role])
        self.role = role
        self._statements: dict[str, tuple[_Terms, iam.PolicyStatement]] = {}
        self._granted: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = []

    def allow(
        self,
        sid: str,
        actions: list[str],
        resources: list[str],
        *,
        conditions: Mapping[str, object] | None = None,
        because: str = "",
    ) -> None:
        """Grant exactly that. ``because`` is required where a resource ends in a star; an action never has one.

        The same right on something else, under the name that it has already, joins the first: IAM counts a policy's
        characters. Raises ValueError if an action has a star, a resource is nothing but one (except for actions that
        have none), ``because`` is given or left out against that rule, or the name is that of another right.
        """
        stars = [resource for resource in resources if "*" in resource]
        everything = "*" in resources and not NO_RESOURCE.issuperset(actions)
        if any("*" in action for action in actions) or everything or bool(stars) != bool(because):
            raise ValueError(f"{sid}: a right names its actions and resources, or says why it cannot")
        terms = (tuple(actions), conditions)
        before, statement = self._statements.get(sid, (terms, None))
        if before != terms:
            raise ValueError(f"{sid}: another right of this role has that name")
        if statement:
            statement.add_resources(*resources)
        else:
            statement = iam.PolicyStatement(sid=sid, actions=actions, resources=resources, conditions=conditions)
            self._statements[sid] = (terms, statement)
            self.add_statements(statement)
        self._granted.extend((action, resource) for action in actions for resource in resources)
        self._open.extend((resource, f"{sid}: {because}") for resource in stars)

    def allow_through_address(self, calls: str, alone: str, function: str) -> None:
        """Let the role call a function through its address alone, so that nobody hands in a context of their own.

        ``calls`` and ``alone`` name the two rights: since October 2025 a caller needs both, and the condition keeps the
        second to calls through the address. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
        """
        signed = {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
        self.allow(calls, ["lambda:InvokeFunctionUrl"], [function], conditions=signed)
        through = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
        self.allow(alone, ["lambda:InvokeFunction"], [function], conditions=through)

    def grants(self, action: str, resource: str) -> bool:
        """Tell whether it grants that very action on that very resource, under whatever condition."""
        return (action, resource) in self._granted

    def accept_open_resources(self) -> None:
        """Accept each resource that ends in a star with its reason.

        Only after a first synthesis, which gives references between the stacks the names that the finding carries.
        """
        stack = cdk.Stack.of(self)
        cdk.Validations.of(self).acknowledge(
            *(
                cdk.Acknowledgment(
                    id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{_as_in_findings(stack.resolve(resource))}]",
                    reason=reason,
                )
                for resource, reason in self._open
            )
        )


def _as_in_findings(value: object) -> str:
    """Write a resolved resource as the compliance pack writes it in the name of its finding."""
    match value:
        case str():
            return value
        case {"Fn::Join": [str() as delimiter, list() as parts]}:
            return delimiter.join(_as_in_findings(part) for part in parts)
        case {"Fn::GetAtt": [str() as resource, str() as attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::ImportValue": str() as export}:
            return export
        case {"Ref": str() as reference}:
            return f"<{reference}>"
        case _:
            raise TypeError(f"no right is granted on {value!r}")
