"""A table that outlives its stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam

from infra.parts.acceptance import accept
from infra.parts.removal import RETAINED
from steward.names import EXPIRES_AT, PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_cdk import aws_kms as kms
    from constructs import Construct


ADDING = ["dynamodb:PartiQLInsert", "dynamodb:PutItem"]
CHANGING = [
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLUpdate",
    "dynamodb:UpdateItem",
]
"""The ways to write rows. A batch is a way to change: it takes no condition, and replaces what stands there."""


class RetainedTable(dynamodb.Table):
    """Rows by ``pk`` and ``sk``, each with its own end.

    ``AWS::DynamoDB::Table`` and not a global table: there is one region, the policy's.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey) -> None:
        super().__init__(
            scope,
            construct_id,
            partition_key=dynamodb.Attribute(name=PARTITION_KEY, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=SORT_KEY, type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            # A table refuses to be deleted when its stack does, and not before.
            deletion_protection=bool(cdk.Stack.of(scope).termination_protection),
            time_to_live_attribute=EXPIRES_AT,
            removal_policy=RETAINED,
        )
        accept(
            self,
            "Point-in-time recovery covers 35 days; a backup kept longer would keep rows beyond the policy's period",
            "NIST.800.53.R5-DynamoDBInBackupPlan",
        )

    def written_by(self, roles: Iterable[str]) -> None:
        """Leave every way of writing to the roles of these names: no person writes rows, break-glass included."""
        self.only_these_write("OnlyTheseWrite", [*ADDING, *CHANGING], roles)

    def only_these_write(self, sid: str, actions: Iterable[str], roles: Iterable[str] = ()) -> None:
        """Deny everybody but the roles of these names in this account to write rows so, administrators included.

        A table's policy may not name its own ARN, because the table would have to exist first.
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/access-control-resource-based.html
        """
        account = cdk.Stack.of(self).account
        writers = [f"arn:aws:iam::{account}:role/{name}" for name in roles]
        self.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                actions=[*actions],
                resources=["*"],
                conditions={"ArnNotEquals": {"aws:PrincipalArn": writers}} if writers else None,
            )
        )
