"""The parts of ``record_sms_status``."""

from __future__ import annotations

from steward.aws.clients import PIPELINE
from steward.clock import Clock, SystemClock
from steward.ids import RecordClass
from steward.messaging.delivery import Deliveries
from steward.messaging.wiring import parts
from steward.settings import read


class RecordSmsStatus(parts.WithMessages, frozen=True, kw_only=True):
    """What ``record_sms_status`` needs to be told."""


def deliveries(clock: Clock | None = None) -> Deliveries:
    """Return what ``record_sms_status`` does."""
    clock = clock or SystemClock()
    told = read(RecordSmsStatus)
    policy, messaging = parts.policy(told)
    return Deliveries(
        log=parts.ledger(told, PIPELINE, clock),
        purposes=tuple(messaging.purposes),
        opt_out_expiry=parts.expiry(policy, RecordClass.CONSENT_EVIDENCE),
        clock=clock,
        tell=parts.tell,
    )
