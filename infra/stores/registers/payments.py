"""The payment register: when recording was paused for a payment, and that it was confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_dynamodb as dynamodb

from infra.parts.naming import role_of_function
from infra.stores.registers.table import RetainedTable
from steward.names import ASKED_AT, OPEN_INDEX, OPEN_STATE

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct


class PaymentRegister(RetainedTable):
    """One row per contact with a payment, with its own end."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id, key=key)
        self.written_by(role_of_function(prefix, folder) for folder in ("control_recording", "guard_payments"))
        self.add_global_secondary_index(
            index_name=OPEN_INDEX,
            partition_key=dynamodb.Attribute(name=OPEN_STATE, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=ASKED_AT, type=dynamodb.AttributeType.NUMBER),
            projection_type=dynamodb.ProjectionType.ALL,
        )
