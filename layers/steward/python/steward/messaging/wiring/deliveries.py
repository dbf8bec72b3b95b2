"""The parts of ``record_sms_status``."""

from __future__ import annotations

from steward.aws.clients import PIPELINE
from steward.clock import Clock, SystemClock
from steward.ids import RecordClass
from steward.messaging.delivery import Deliveries
from steward.messaging.wiring import parts


def deliveries(clock: Clock | None = None) -> Deliveries:
    """Return what ``record_sms_status`` does."""
    clock = clock or SystemClock()
    policy, _ = parts.policy()
    return Deliveries(
        log=parts.ledger(PIPELINE, clock),
        opt_out_expiry=parts.expiry(policy, RecordClass.CONSENT_EVIDENCE),
        clock=clock,
        tell=parts.tell,
    )
