"""The rows of the two tables, and transactions on them.

Consents table: ``pk`` is a hash of a number; ``sk`` is ``in_force#PURPOSE`` (the latest decision), ``opted_out``, or
``decision#PURPOSE#AT#ID`` (each decision, never written again). Under ``restricted#HASH`` stands for which requests of
the person no text goes to the number: under keys of its own, so that whoever writes it can write nothing else. Messages
table: ``pk`` is the id of a contact, ``sk`` the name of a template, and a digest of the words where the policy allows
several.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from steward.aws.errors import translate
from steward.aws.rows import Fields, Row, plain, values
from steward.clock import Clock
from steward.failures import Conflict, Throttled
from steward.ids import NumberHash
from steward.messaging.ports import OptOutCause
from steward.names import EXPIRES_AT, PARTITION_KEY, RESTRICTED_NUMBERS, SORT_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_OPTED_OUT: Final = "opted_out"
_RESTRICTED: Final = "restricted"

NOT_OPTED_OUT: Final = "(attribute_not_exists(pk) OR expires_at <= :now OR cause = :let_back_in)"
"""The condition that no opt-out stands."""

RESTRICTED_FOR: Final = "requests"
"""The set of the requests of people for which no text goes to a number."""

NOT_RESTRICTED: Final = f"attribute_not_exists({RESTRICTED_FOR})"
"""The condition that no such request stands."""

ONCE_IN: Final = timedelta(days=30)
"""How often AWS takes a number off an opt-out list: API reference, DeleteOptedOutNumber."""

_ROUNDS: Final = 4
_PAUSE_SECONDS: Final = 0.05
_OPERATION: Final = "dynamodb.TransactWriteItems"


def in_force(purpose: str) -> str:
    """Return the ``record`` of the decision in force for that purpose."""
    return f"in_force#{purpose}"


def opt_out_key(number_hash: NumberHash) -> Row:
    """Return the key of the row that says that a number is opted out."""
    return values({PARTITION_KEY: number_hash, SORT_KEY: _OPTED_OUT})


def restriction_key(number_hash: NumberHash) -> Row:
    """Return the key of the row that says for which requests of a person no text goes to a number."""
    return values({PARTITION_KEY: f"{RESTRICTED_NUMBERS}{number_hash}", SORT_KEY: _RESTRICTED})


def opt_out_item(number_hash: NumberHash, cause: OptOutCause, at: datetime, expires_at: int) -> Row:
    """Return the row that says that a number is opted out."""
    row = {PARTITION_KEY: number_hash, SORT_KEY: _OPTED_OUT, "cause": cause, "at": at, EXPIRES_AT: expires_at}
    return values(row)


def let_back_in_item(number_hash: NumberHash, at: datetime) -> Row:
    """Return the row that says that the SMS service took a number off its list at that moment."""
    return opt_out_item(number_hash, OptOutCause.LET_BACK_IN, at, epoch(at + ONCE_IN))


def claim_key(claim_id: str) -> Row:
    """Return the key of a reservation's row; a contact's id holds no slash."""
    contact_id, _, template = claim_id.partition("/")
    return values({PARTITION_KEY: contact_id, SORT_KEY: template})


def epoch(moment: datetime) -> int:
    """Return the epoch second."""
    return int(moment.timestamp())


def transact(
    client: DynamoDBClient, acts: Sequence[TransactWriteItemTypeDef], clock: Clock
) -> dict[int, Fields] | None:
    """Do all of the acts or none; return None when done.

    Otherwise return, by the position of each act whose condition was not met, the row that it met (an empty one if
    there was none or the act does not ask for it). An act that loses to another transaction is tried again: the SDK
    does not do that (Amazon DynamoDB Developer Guide, "Transaction conflict handling").

    Raises Conflict if it lost every time, Throttled if the table took no more, and for any other error of AWS the
    AwsError that ``translate`` returns.
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
                position: plain(reason.get("Item", {}))
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
