"""A table that outlives its stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb

from infra.parts.acceptance import accept
from infra.parts.removal import RETAINED
from steward.names import EXPIRES_AT, PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct


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
