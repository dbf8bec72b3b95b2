"""The register: cases, holds and disposals as rows of one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_dynamodb as dynamodb

from infra.parts.naming import role_of_function
from infra.stores.registers.table import RetainedTable
from steward.names import AGENDA, AGENDA_INDEX, NEXT_ACTION_AT

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

WRITERS = (
    "compare_configuration",
    "confirm_disposal",
    "guard_evidence",
    "maintain_holds",
    "place_hold",
    "release_hold",
    "remove_card_data",
    "retire_contact_records",
)
"""The functions that write the register, its ledger and the findings of the comparison."""


class Register(RetainedTable):
    """The table of the hold path."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id, key=key)
        writers = [role_of_function(prefix, folder) for folder in WRITERS]
        self.written_by(writers)
        self.add_global_secondary_index(
            index_name=AGENDA_INDEX,
            partition_key=dynamodb.Attribute(name=AGENDA, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=NEXT_ACTION_AT, type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.ALL,
        )
