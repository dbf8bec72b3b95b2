"""What the break-glass role needs for ``steward erase-card-data``, beside the hold bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from constructs import Construct

from infra.parts.permissions import KEY_USES_OF_TABLES
from infra.parts.role_policy import RolePolicy

if TYPE_CHECKING:
    from infra.controls.context import Controls
    from infra.controls.hold_path import HoldPath


class CardDataRemovalPolicy(Construct):
    """The originals of card data, the register that has to say so, and the inspection that follows."""

    def __init__(self, scope: Construct, construct_id: str, *, controls: Controls, hold_path: HoldPath) -> None:
        super().__init__(scope, construct_id)
        stores = controls.stores
        rights = RolePolicy(
            self,
            "CardDataRemovalRights",
            role=stores.holds.break_glass,
            description="What break-glass may do about card data that was recorded",
        )
        buckets = [store.bucket for store in stores.records.values()]
        rights.allow("FindOriginals", ["s3:ListBucketVersions"], [bucket.bucket_arn for bucket in buckets])
        rights.allow(
            "RemoveOriginals",
            ["s3:DeleteObjectVersion", "s3:PutObjectLegalHold"],
            [bucket.arn_for_objects("*") for bucket in buckets],
            because="which recording holds card data is not known beforehand",
        )
        rights.allow(
            "MarkHolds",
            ["dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"],
            [stores.register.table_arn],
        )
        rights.allow(
            "UseRegistersKey",
            list(KEY_USES_OF_TABLES),
            [stores.keys.operations.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{cdk.Stack.of(self).region}.amazonaws.com"}},
        )
        rights.allow("AskForAnInspection", ["sqs:SendMessage"], [hold_path.requests.queue.queue_arn])
        here = cdk.Stack.of(self)
        rights.allow(
            "FindNames",
            ["cloudformation:ListStackResources"],
            [
                here.format_arn(service="cloudformation", resource="stack", resource_name=f"{name}/*")
                for name in (stores.stack_name, here.stack_name)
            ],
            because="a stack's id ends in one that CloudFormation gives",
        )
