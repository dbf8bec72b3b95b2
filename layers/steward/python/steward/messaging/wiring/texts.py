"""The parts of ``send_sms``."""

from __future__ import annotations

from steward.aws.clients import IN_CALL, ONCE
from steward.clock import Clock, SystemClock
from steward.ids import RecordClass
from steward.messaging.adapters.sms import SmsVoice, SmsVoiceOptOuts
from steward.messaging.sending import Texts
from steward.messaging.wiring import hashing, parts
from steward.settings import read


class SendSms(parts.WithMessages, frozen=True, kw_only=True):
    """What ``send_sms`` needs to be told."""

    configuration_set: str
    number_key_id: str
    opt_out_list: str
    origination_identity: str


def texts(clock: Clock | None = None) -> Texts:
    """Return what ``send_sms`` does."""
    clock = clock or SystemClock()
    told = read(SendSms)
    policy, messaging = parts.policy(told)
    return Texts(
        messaging=messaging,
        languages=tuple(policy.recording.notice),
        log_expiry=parts.expiry(policy, RecordClass.SMS_LOG),
        opt_out_expiry=parts.expiry(policy, RecordClass.CONSENT_EVIDENCE),
        clock=clock,
        hasher=hashing.hasher(told.number_key_id),
        ledger=parts.ledger(told, IN_CALL, clock),
        sms=SmsVoice(
            parts.sms(ONCE),
            sender=told.origination_identity,
            configuration_set=told.configuration_set,
            max_price=messaging.max_price_usd,
        ),
        opt_outs=SmsVoiceOptOuts(parts.sms(IN_CALL), told.opt_out_list),
        tell=parts.tell,
    )
