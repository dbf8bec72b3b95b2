"""The book of decisions: a row for every call, added by one function and changed by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_dynamodb as dynamodb

from infra.parts.naming import role_of_function
from infra.stores.registers.table import ADDING, CHANGING, RetainedTable
from steward.names import APPROVALS_INDEX, APPROVED, DECIDED_AT

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct


class DecisionBook(RetainedTable):
    """Who asked for what, who decided it, and what was refused."""

    def __init__(self, scope: Construct, construct_id: str, *, prefix: str, key: kms.IKey) -> None:
        super().__init__(scope, construct_id, key=key)
        self.add_global_secondary_index(
            index_name=APPROVALS_INDEX,
            partition_key=dynamodb.Attribute(name=APPROVED, type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name=DECIDED_AT, type=dynamodb.AttributeType.STRING),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        self.only_these_write("OnlyDecideAdds", ADDING, [role_of_function(prefix, "decide")])
        self.only_these_write("NobodyChanges", CHANGING)
