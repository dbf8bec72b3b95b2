"""The payment register: when recording was paused for a payment, and that it was confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_dynamodb as dynamodb

from infra.stores.table import RetainedTable

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

OPEN_INDEX = "open"
"""The contacts with an open pause, and no others: the daily sweep queries it and never scans."""


class PaymentRegister(RetainedTable):
    """One row per contact with a payment, with its own end."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, construct_id, key=key)
        self.add_global_secondary_index(
            index_name=OPEN_INDEX,
            partition_key=dynamodb.Attribute(name="open_state", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="asked_at", type=dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.ALL,
        )
