"""Delivery events, in the shape of the user guide's "Monitoring with EventBridge".

Two things the documentation leaves open are decided here: ``context`` is present when the message had one (it is in
the guide's configuration-set example, and the EventBridge page says that its events resemble that), and
``destinationPhoneNumber`` is not (no EventBridge example has it).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

_DESCRIPTIONS: Final = {
    "TEXT_PENDING": "Message is pending",
    "TEXT_SUCCESSFUL": "Message has been accepted by phone carrier",
    "TEXT_DELIVERED": "Message has been accepted by phone",
    "TEXT_INVALID": "The destination phone number is not valid",
    "TEXT_BLOCKED": "Phone is blocking messages",
    "TEXT_UNKNOWN": "Unknown error attempting to reach phone",
}


@dataclass(frozen=True)
class Step:
    """One event of a message's life, ``after`` it was accepted."""

    status: str
    after: timedelta
    final: bool = True


USUAL: Final = (
    Step("TEXT_PENDING", timedelta(seconds=1), final=False),
    Step("TEXT_DELIVERED", timedelta(seconds=5)),
)


@dataclass
class Accepted:
    """A message that the service accepted."""

    message_id: str
    at: datetime
    to: str
    body: str
    sender: str
    country: str
    message_type: str
    parts: int
    price: float
    context: dict[str, str] = field(default_factory=dict)
    status: str = "TEXT_QUEUED"


def event(message: Accepted, step: Step, moment: datetime, *, account: str, region: str) -> dict[str, Any]:
    """Return the EventBridge event of that step at that moment."""
    detail: dict[str, Any] = {
        "eventType": step.status,
        "eventVersion": "1.0",
        "eventTimestamp": _milliseconds(moment),
        "isFinal": step.final,
        "originationPhoneNumber": message.sender,
        "isoCountryCode": message.country,
        "messageId": message.message_id,
        "messageRequestTimestamp": _milliseconds(message.at),
        "messageEncoding": "GSM",
        "messageType": message.message_type,
        "messageStatus": step.status.removeprefix("TEXT_"),
        "messageStatusDescription": _DESCRIPTIONS.get(step.status, step.status),
        "totalMessageParts": message.parts,
        "totalMessagePrice": message.price,
        "totalCarrierFee": 0.0,
    }
    if message.context:
        detail["context"] = dict(message.context)
    return {
        "version": "0",
        "id": str(uuid5(NAMESPACE_URL, f"{message.message_id}/{step.status}/{moment.isoformat()}")),
        "detail-type": "Text Message Delivery Status Updated",
        "source": "aws.sms-voice",
        "account": account,
        "time": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [],
        "detail": detail,
    }


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
