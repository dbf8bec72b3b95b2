"""The parts of ``record_consent``."""

from __future__ import annotations

from steward.aws.clients import IN_CALL
from steward.clock import Clock, SystemClock
from steward.ids import RecordClass
from steward.messaging.adapters.consent_book import DynamoConsentBook
from steward.messaging.adapters.sms import SmsVoiceOptOuts
from steward.messaging.consent import Consents
from steward.messaging.wiring import hashing, parts
from steward.settings import read


class RecordConsent(parts.WithPolicy, frozen=True, kw_only=True):
    """What ``record_consent`` needs to be told."""

    number_key_id: str
    opt_out_list: str


def consents(clock: Clock | None = None) -> Consents:
    """Return what ``record_consent`` does."""
    clock = clock or SystemClock()
    told = read(RecordConsent)
    policy, messaging = parts.policy(told)
    return Consents(
        messaging=messaging,
        languages=tuple(policy.recording.notice),
        policy_version=policy.council.policy_version,
        expiry=parts.expiry(policy, RecordClass.CONSENT_EVIDENCE),
        clock=clock,
        hasher=hashing.hasher(told.number_key_id),
        book=DynamoConsentBook(parts.dynamodb(IN_CALL), told.consents_table, clock),
        opt_outs=SmsVoiceOptOuts(parts.sms(IN_CALL), told.opt_out_list),
        tell=parts.tell,
    )
