"""The rows of the two tables, and transactions on them.

Consents table, by ``number_hash`` and ``record``: ``in_force#PURPOSE`` (the latest decision), ``decision#PURPOSE#AT…``
(each decision, never written again) and ``opted_out``. Messages table, by ``claim_id``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from steward.aws.errors import Conflict, Throttled, translate
from steward.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

Row = dict[str, Any]
"""A row as Python values."""

OPTED_OUT: Final = "opted_out"

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

_ROUNDS: Final = 4
_PAUSE_SECONDS: Final = 0.05
_OPERATION: Final = "dynamodb.TransactWriteItems"


def in_force(purpose: str) -> str:
    """Return the ``record`` of the decision in force for that purpose."""
    return f"in_force#{purpose}"


def to_item(row: Mapping[str, object]) -> dict[str, Any]:
    """Return the row as DynamoDB's typed values; a field that is None is left out."""
    return {name: _serialize(value) for name, value in row.items() if value is not None}


def from_item(item: Mapping[str, Any]) -> Row:
    """Return DynamoDB's typed values as a row."""
    return {name: _deserialize(value) for name, value in item.items()}


def stamp(moment: datetime) -> str:
    """Return the moment in UTC as text that sorts as it passes."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def epoch(moment: datetime) -> int:
    """Return the epoch second."""
    return int(moment.timestamp())


def transact(client: DynamoDBClient, acts: Sequence[TransactWriteItemTypeDef], clock: Clock) -> dict[int, Row] | None:
    """Do all of the acts or none; return None when done.

    Otherwise return, by the position of each act whose condition was not met, the row that it met (an empty one if
    there was none or the act does not ask for it). An act that loses to another transaction is tried again: the SDK
    does not do that (Amazon DynamoDB Developer Guide, "Transaction conflict handling"). Raises AwsError.
    """
    for attempt in range(_ROUNDS):
        clock.sleep(_PAUSE_SECONDS * attempt)
        try:
            client.transact_write_items(TransactItems=acts)
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise translate(error, _OPERATION) from error
            reasons: Iterable[Mapping[str, Any]] = error.response.get("CancellationReasons", ())
            unmet = {
                position: from_item(reason.get("Item", {}))
                for position, reason in enumerate(reasons)
                if reason.get("Code") == "ConditionalCheckFailed"
            }
            if unmet:
                return unmet
            if any(reason.get("Code") in {"ThrottlingError", "ProvisionedThroughputExceeded"} for reason in reasons):
                raise Throttled(_OPERATION, "ThrottlingError") from error
            if not any(reason.get("Code") == "TransactionConflict" for reason in reasons):
                raise translate(error, _OPERATION) from error
        except BotoCoreError as error:
            raise translate(error, _OPERATION) from error
        else:
            return None
    raise Conflict(_OPERATION, "TransactionConflict")
