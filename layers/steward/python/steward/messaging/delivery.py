"""What became of a text: delivery events, which are best effort, late up to 72 hours, repeated and out of order.

Shape: AWS End User Messaging SMS user guide, "Monitoring with EventBridge" and "Example event data".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from steward.clock import Clock
from steward.ids import NumberHash
from steward.messaging.ports import Notice, OptOutCause

YOUNG: Final = timedelta(minutes=2)
"""How long after a message was accepted its event may be ahead of our own note of the message's id."""

_REMEMBERED: Final = {"TEXT_INVALID": OptOutCause.UNDELIVERABLE, "TEXT_BLOCKED": OptOutCause.BLOCKED}
"""Failures that will not go away, from "Event types for SMS, MMS, and voice"."""


class BadDeliveryEventError(ValueError):
    """The event is not what AWS documents; it belongs in the dead-letter queue."""


class NotYetKnownError(Exception):
    """The event is so young that its message may become known in a moment; it should come again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery event."""

    message_id: str
    status: str
    """AWS's event type, such as ``TEXT_DELIVERED``. A type that is not known here is kept as it is."""
    at: datetime
    final: bool
    accepted_at: datetime
    claim_id: str | None
    """From ``Context``; absent where the event does not carry it, and for messages that are not ours."""

    @property
    def remembered(self) -> OptOutCause | None:
        """Return why the number should not be texted again, if the event says so."""
        return _REMEMBERED.get(self.status) if self.final else None

    @property
    def arrived(self) -> bool:
        """Tell whether the telephone has the message."""
        return self.final and self.status == "TEXT_DELIVERED"


@dataclass(frozen=True, slots=True)
class Settled:
    """What the log says after an event."""

    number_hash: NumberHash
    """Whom the message went to."""
    changed: bool
    """Whether the event stands in the log now: one that is older than what stood there changes nothing."""
    failed_before: bool
    """Whether an event of this message let the number be remembered as one that cannot be texted."""


class DeliveryLog(Protocol):
    """The message log as delivery events see it."""

    def find(self, message_id: str) -> str | None:
        """Return the id of the reservation under which that message was sent."""

    def settle(self, claim_id: str, delivery: Delivery) -> Settled | None:
        """Write the delivery into the log unless a later or a final one is there.

        Return what stands, or None if there is no such reservation, or it is another message's. It settles a
        reservation without an answer: the message was sent.
        """

    def remember(
        self, number_hash: NumberHash, cause: OptOutCause, at: datetime, expires_at: int, purposes: Iterable[str]
    ) -> None:
        """Remember that the number should not be texted, unless that is known, or a consent is newer than that."""

    def forget(self, number_hash: NumberHash, at: datetime) -> None:
        """Forget that the number could not be texted before that moment."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Takes delivery events."""

    log: DeliveryLog
    purposes: tuple[str, ...]
    """The policy's, for each of which a number may have consented since."""
    opt_out_expiry: Callable[[datetime], int]
    clock: Clock
    tell: Notice

    def record(self, event: Mapping[str, Any]) -> None:
        """Record one event from EventBridge.

        Raises BadDeliveryEventError, and NotYetKnownError for a young event of an unknown message. An older one is
        somebody else's message in the same account: it is counted and let go.
        """
        delivery = parse(event)
        claim_id = delivery.claim_id or self.log.find(delivery.message_id)
        settled = self.log.settle(claim_id, delivery) if claim_id else None
        if settled is None:
            if self.clock.now() - delivery.accepted_at <= YOUNG:
                raise NotYetKnownError
            self.tell("unknown_message")
            return
        if not settled.changed:
            return
        if delivery.remembered:
            expires_at = self.opt_out_expiry(delivery.at)
            self.log.remember(settled.number_hash, delivery.remembered, delivery.at, expires_at, self.purposes)
        elif settled.failed_before and delivery.arrived:
            self.log.forget(settled.number_hash, delivery.at)


def parse(event: Mapping[str, Any]) -> Delivery:
    """Read the event; raise BadDeliveryEventError naming the field that is wrong."""
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        raise BadDeliveryEventError("detail: missing")
    at = _moment(detail, "eventTimestamp")
    context = detail.get("context")
    claim_id = context.get("reservation") if isinstance(context, Mapping) else None
    return Delivery(
        message_id=_text(detail, "messageId"),
        status=_text(detail, "eventType"),
        at=at,
        final=detail.get("isFinal") is True,
        accepted_at=_moment(detail, "messageRequestTimestamp") if "messageRequestTimestamp" in detail else at,
        claim_id=claim_id if isinstance(claim_id, str) and claim_id else None,
    )


def _text(detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name)
    if not isinstance(value, str) or not value:
        raise BadDeliveryEventError(f"detail.{name}: missing or no text")
    return value


def _moment(detail: Mapping[str, Any], name: str) -> datetime:
    value = detail.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadDeliveryEventError(f"detail.{name}: no number of milliseconds")
    try:
        return datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise BadDeliveryEventError(f"detail.{name}: no moment in time") from error
