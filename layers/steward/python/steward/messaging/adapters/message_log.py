"""The message log in DynamoDB: reservations, their outcomes and what delivery events say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from steward.aws.errors import translate, translated
from steward.aws.rows import Fields, plain, values
from steward.clock import Clock
from steward.failures import Conflict, PreconditionFailed
from steward.ids import NumberHash
from steward.messaging.adapters.rows import (
    NOT_OPTED_OUT,
    NOT_RESTRICTED,
    claim_key,
    epoch,
    in_force,
    let_back_in_item,
    opt_out_item,
    opt_out_key,
    restriction_key,
    transact,
)
from steward.messaging.answers import Reason
from steward.messaging.delivery import Delivery, Settled
from steward.messaging.ports import (
    ConsentState,
    Decision,
    EarlierReservation,
    OptOutCause,
    SendEligibility,
    SendReservation,
)
from steward.names import MESSAGE_ID, MESSAGE_INDEX, PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_CONSENT, _OPT_OUT, _RESTRICTION, _CLAIM = range(4)
_CLAIMED, _SENT, _NOT_SENT, _UNKNOWN = "claimed", "sent", "not_sent", "unknown"


@dataclass(frozen=True, slots=True)
class DynamoMessageLog:
    """Claims, with consent and opt-out checked in the same transaction. Whatever asks AWS raises ``AwsError``."""

    client: DynamoDBClient
    consents: str
    messages: str
    clock: Clock

    def reserve(
        self, number_hash: NumberHash, purpose: str, now: datetime, reservation: SendReservation | None
    ) -> SendEligibility:
        """Take the reservation if nothing stands in its way; one call. See ``MessageLog.reserve``."""
        acts: list[TransactWriteItemTypeDef] = [
            {
                "ConditionCheck": {
                    "TableName": self.consents,
                    "Key": values({PARTITION_KEY: number_hash, SORT_KEY: in_force(purpose)}),
                    "ConditionExpression": "#decision = :given AND expires_at > :now",
                    "ExpressionAttributeNames": {"#decision": "decision"},
                    "ExpressionAttributeValues": values({":given": Decision.GIVEN, ":now": epoch(now)}),
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
            {
                "ConditionCheck": {
                    "TableName": self.consents,
                    "Key": opt_out_key(number_hash),
                    "ConditionExpression": NOT_OPTED_OUT,
                    "ExpressionAttributeValues": values({":now": epoch(now), ":let_back_in": OptOutCause.LET_BACK_IN}),
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            },
            {
                "ConditionCheck": {
                    "TableName": self.consents,
                    "Key": restriction_key(number_hash),
                    "ConditionExpression": NOT_RESTRICTED,
                }
            },
        ]
        if reservation is not None:
            acts.append(self._put(reservation))
        unmet = transact(self.client, acts, self.clock)
        return _eligibility(unmet, reservation, now) if unmet else SendEligibility()

    def consented_at(self, number_hash: NumberHash, purpose: str) -> datetime | None:
        """Return when the consent in force was given; None without one."""
        with translated("dynamodb.GetItem"):
            answer = self.client.get_item(
                TableName=self.consents,
                Key=values({PARTITION_KEY: number_hash, SORT_KEY: in_force(purpose)}),
                ConsistentRead=True,
            )
        row = plain(answer.get("Item", {}))
        given = row.get("decision") == Decision.GIVEN
        return datetime.fromisoformat(row["at"]) if given else None

    def let_back_in(self, number_hash: NumberHash, at: datetime) -> None:
        """Remember that the SMS service took the number off its list, unless an opt-out came meanwhile."""
        try:
            with translated("dynamodb.PutItem"):
                self.client.put_item(
                    TableName=self.consents,
                    Item=let_back_in_item(number_hash, at),
                    ConditionExpression=NOT_OPTED_OUT,
                    ExpressionAttributeValues=values({":now": epoch(at), ":let_back_in": OptOutCause.LET_BACK_IN}),
                )
        except PreconditionFailed:
            return

    def sent(self, reservation: SendReservation, message_id: str) -> None:
        """Write down that the SMS service accepted the message."""
        with translated("dynamodb.UpdateItem"):
            self.client.update_item(
                TableName=self.messages,
                Key=claim_key(reservation.id),
                UpdateExpression="SET #state = :state, message_id = :message",
                ConditionExpression="attempt = :attempt",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=values(
                    {":state": _SENT, ":message": message_id, ":attempt": reservation.attempt}
                ),
            )

    def not_sent(self, reservation: SendReservation, reason: Reason, *, opted_out_until: int | None = None) -> None:
        """Give the reservation back, and remember an opt-out that the service knows of; one call.

        ``opted_out_until`` is the epoch second at which the opt-out's row expires. Raises PreconditionFailed if a later
        attempt holds the reservation or its message was sent, and whatever AwsError ``transact`` raises.
        """
        acts: list[TransactWriteItemTypeDef] = [
            {
                "Update": {
                    "TableName": self.messages,
                    "Key": claim_key(reservation.id),
                    "UpdateExpression": "SET #state = :state, reason = :reason",
                    "ConditionExpression": "attempt = :attempt AND attribute_not_exists(message_id)",
                    "ExpressionAttributeNames": {"#state": "state"},
                    "ExpressionAttributeValues": values(
                        {":state": _NOT_SENT, ":reason": reason, ":attempt": reservation.attempt}
                    ),
                }
            }
        ]
        if opted_out_until is not None:
            opt_out = opt_out_item(reservation.number_hash, OptOutCause.SERVICE, reservation.at, opted_out_until)
            acts.append({"Put": {"TableName": self.consents, "Item": opt_out}})
        if transact(self.client, acts, self.clock) is not None:
            raise PreconditionFailed("dynamodb.TransactWriteItems", "ConditionalCheckFailed")

    def outcome_unknown(self, reservation: SendReservation) -> None:
        """Keep the reservation: the message may have been sent."""
        with translated("dynamodb.UpdateItem"):
            self.client.update_item(
                TableName=self.messages,
                Key=claim_key(reservation.id),
                UpdateExpression="SET #state = :state",
                ConditionExpression="attempt = :attempt AND attribute_not_exists(message_id)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=values({":state": _UNKNOWN, ":attempt": reservation.attempt}),
            )

    def find(self, message_id: str) -> str | None:
        """Return the id of the reservation under which that message was sent."""
        with translated("dynamodb.Query"):
            answer = self.client.query(
                TableName=self.messages,
                IndexName=MESSAGE_INDEX,
                KeyConditionExpression=f"{MESSAGE_ID} = :message",
                ExpressionAttributeValues=values({":message": message_id}),
                Limit=1,
            )
        rows = [plain(item) for item in answer["Items"]]
        return f"{rows[0][PARTITION_KEY]}/{rows[0][SORT_KEY]}" if rows else None

    def settle(self, claim_id: str, delivery: Delivery) -> Settled | None:
        """Write the delivery into the log unless what stands there is newer or final; see ``DeliveryLog.settle``."""
        # of two events of one moment the same one stands in whatever order they come
        newer = "(delivery_at < :at OR (delivery_at = :at AND delivery_status <= :status))"
        stands_back = f"delivery_final = :no OR {newer}" if delivery.final else f"(delivery_final = :no AND {newer})"
        remembered = ", remembered = :yes" if delivery.remembered else ""
        try:
            answer = self.client.update_item(
                TableName=self.messages,
                Key=claim_key(claim_id),
                UpdateExpression=(
                    "SET #state = :sent, message_id = :message,"
                    f" delivery_status = :status, delivery_at = :at, delivery_final = :final{remembered}"
                ),
                ConditionExpression=(
                    "attribute_exists(pk) AND (attribute_not_exists(message_id) OR message_id = :message)"
                    f" AND (attribute_not_exists(delivery_at) OR {stands_back})"
                ),
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=values(
                    {
                        ":sent": _SENT,
                        ":message": delivery.message_id,
                        ":status": delivery.status,
                        ":at": delivery.at,
                        ":final": delivery.final,
                        ":no": False,
                        ":yes": True if remembered else None,
                    }
                ),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise translate(error, "dynamodb.UpdateItem") from error
            found: Any = error.response.get("Item", {})
            return _settled(found, delivery, changed=False)
        except BotoCoreError as error:
            raise translate(error, "dynamodb.UpdateItem") from error
        return _settled(answer["Attributes"], delivery, changed=True)

    def remember(
        self, number_hash: NumberHash, cause: OptOutCause, at: datetime, expires_at: int, purposes: Iterable[str]
    ) -> None:
        """Remember that the number should not be texted, unless that or a newer consent is known; one call."""
        checks: list[TransactWriteItemTypeDef] = [
            {
                "ConditionCheck": {
                    "TableName": self.consents,
                    "Key": values({PARTITION_KEY: number_hash, SORT_KEY: in_force(purpose)}),
                    "ConditionExpression": "attribute_not_exists(pk) OR #at <= :at OR #decision <> :given",
                    "ExpressionAttributeNames": {"#at": "at", "#decision": "decision"},
                    "ExpressionAttributeValues": values({":at": at, ":given": Decision.GIVEN}),
                }
            }
            for purpose in purposes
        ]
        row: TransactWriteItemTypeDef = {
            "Put": {
                "TableName": self.consents,
                "Item": opt_out_item(number_hash, cause, at, expires_at),
                "ConditionExpression": (
                    "attribute_not_exists(pk) OR expires_at <= :now OR (cause = :let_back_in AND #at <= :at)"
                ),
                "ExpressionAttributeNames": {"#at": "at"},
                "ExpressionAttributeValues": values(
                    {":now": epoch(at), ":let_back_in": OptOutCause.LET_BACK_IN, ":at": at}
                ),
            }
        }
        transact(self.client, [*checks, row], self.clock)

    def forget(self, number_hash: NumberHash, at: datetime) -> None:
        """Forget a failure of delivery that is older than that moment."""
        try:
            with translated("dynamodb.DeleteItem"):
                self.client.delete_item(
                    TableName=self.consents,
                    Key=opt_out_key(number_hash),
                    ConditionExpression="cause IN (:undeliverable, :blocked) AND #at <= :at",
                    ExpressionAttributeNames={"#at": "at"},
                    ExpressionAttributeValues=values(
                        {
                            ":undeliverable": OptOutCause.UNDELIVERABLE,
                            ":blocked": OptOutCause.BLOCKED,
                            ":at": at,
                        }
                    ),
                )
        except PreconditionFailed:
            return

    def _put(self, reservation: SendReservation) -> TransactWriteItemTypeDef:
        row = {
            PARTITION_KEY: reservation.contact_id,
            SORT_KEY: reservation.id.partition("/")[2],
            "words": reservation.words,
            "state": _CLAIMED,
            "attempt": reservation.attempt,
            "purpose": reservation.purpose,
            "number_hash": reservation.number_hash,
            "language": reservation.language,
            "parts": reservation.parts,
            "body": reservation.body,
            "at": reservation.at,
            "expires_at": reservation.expires_at,
        }
        return {
            "Put": {
                "TableName": self.messages,
                "Item": values(row),
                "ConditionExpression": ("attribute_not_exists(pk) OR expires_at <= :now OR (#state = :not_sent)"),
                "ExpressionAttributeNames": {"#state": "state"},
                "ExpressionAttributeValues": values({":now": epoch(reservation.at), ":not_sent": _NOT_SENT}),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }


def _eligibility(unmet: Mapping[int, Fields], reservation: SendReservation | None, now: datetime) -> SendEligibility:
    if _CONSENT in unmet:
        row = unmet[_CONSENT]
        expired = not row or int(row["expires_at"]) <= epoch(now)
        return SendEligibility(consent=ConsentState.NONE if expired else ConsentState.WITHDRAWN)
    if _OPT_OUT in unmet:
        return SendEligibility(opted_out=OptOutCause(unmet[_OPT_OUT].get("cause", OptOutCause.SERVICE)))
    if _RESTRICTION in unmet:
        return SendEligibility(opted_out=OptOutCause.RESTRICTION)
    row = unmet[_CLAIM]
    if not row:
        raise Conflict("dynamodb.TransactWriteItems", "ConditionalCheckFailed")
    if reservation is not None and row["attempt"] == reservation.attempt:
        return SendEligibility()
    same_words = reservation is not None and row.get("words") == reservation.words
    return SendEligibility(earlier=EarlierReservation(same_words=same_words, message_id=row.get("message_id", "")))


def _settled(item: Mapping[str, Any], delivery: Delivery, *, changed: bool) -> Settled | None:
    row = plain(item)
    if row.get("message_id") != delivery.message_id:
        return None
    return Settled(NumberHash(row["number_hash"]), changed=changed, failed_before=bool(row.get("remembered")))
