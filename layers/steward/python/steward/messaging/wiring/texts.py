"""The parts of ``send_sms``."""

from __future__ import annotations

from steward.aws.clients import IN_CALL, ONCE
from steward.clock import Clock, SystemClock
from steward.ids import RecordClass
from steward.messaging.adapters.sms import SmsVoice
from steward.messaging.sending import Texts
from steward.messaging.wiring import hashing, parts
from steward.settings import required


def texts(clock: Clock | None = None) -> Texts:
    """Return what ``send_sms`` does."""
    clock = clock or SystemClock()
    policy, messaging = parts.policy()
    return Texts(
        messaging=messaging,
        languages=tuple(policy.recording.notice),
        log_expiry=parts.expiry(policy, RecordClass.SMS_LOG),
        opt_out_expiry=parts.expiry(policy, RecordClass.CONSENT_EVIDENCE),
        clock=clock,
        hasher=hashing.hasher(),
        ledger=parts.ledger(IN_CALL, clock),
        sms=SmsVoice(
            parts.sms(ONCE),
            sender=required("ORIGINATION_IDENTITY"),
            configuration_set=required("CONFIGURATION_SET"),
            max_price=messaging.max_price_usd,
        ),
        tell=parts.tell,
    )
