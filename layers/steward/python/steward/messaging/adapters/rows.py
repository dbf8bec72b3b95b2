"""The rows of the two tables, and transactions on them.

Consents table: ``pk`` is a hash of a number; ``sk`` is ``in_force#PURPOSE`` (the latest decision), ``opted_out``, or
``decision#PURPOSE#AT#ID`` (each decision, never written again). Messages table: ``pk`` is the id of a contact, ``sk``
the name of a template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import BotoCoreError, ClientError

from steward.aws.errors import Conflict, Throttled, translate
from steward.clock import Clock
from steward.ids import NumberHash
from steward.messaging.ports import OptOutCause

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

Row = dict[str, Any]
"""A row as Python values."""

_OPTED_OUT: Final = "opted_out"

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

_ROUNDS: Final = 4
_PAUSE_SECONDS: Final = 0.05
_OPERATION: Final = "dynamodb.TransactWriteItems"


def in_force(purpose: str) -> str:
    """Return the ``record`` of the decision in force for that purpose."""
    return f"in_force#{purpose}"


def opt_out_key(number_hash: NumberHash) -> dict[str, Any]:
    """Return the key of the row that says that a number is opted out."""
    return to_item({"pk": number_hash, "sk": _OPTED_OUT})


def opt_out_item(number_hash: NumberHash, cause: OptOutCause, at: datetime, expires_at: int) -> dict[str, Any]:
    """Return the row that says that a number is opted out."""
    row = {"pk": number_hash, "sk": _OPTED_OUT, "cause": cause.value, "at": stamp(at), "expires_at": expires_at}
    return to_item(row)


def claim_key(claim_id: str) -> dict[str, Any]:
    """Return the key of a reservation's row; a contact's id holds no slash."""
    contact_id, _, template = claim_id.partition("/")
    return to_item({"pk": contact_id, "sk": template})


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
