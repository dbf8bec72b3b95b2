"""Roles that AWS's own services assume, each for one purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from infra.parts.access.role_policy import RolePolicy

if TYPE_CHECKING:
    from constructs import Construct


class ServiceRole(iam.Role):
    """A role that one service assumes on behalf of this account only."""

    def __init__(
        self, scope: Construct, construct_id: str, *, service: str, description: str, role_name: str | None = None
    ) -> None:
        """``service`` is the first label of its principal, such as ``scheduler``."""
        super().__init__(
            scope,
            construct_id,
            role_name=role_name,
            description=description,
            assumed_by=iam.ServicePrincipal(f"{service}.amazonaws.com").with_conditions(
                {"StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account}}
            ),
        )
        self.rights = RolePolicy(self, "Rights", role=self, description=description)
