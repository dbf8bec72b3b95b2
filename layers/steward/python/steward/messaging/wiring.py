"""Puts the domain and its adapters together from a function's environment; done once, at cold start."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, cast

from steward.aws.clients import IN_CALL, ONCE, PIPELINE, Patience, client
from steward.clock import Clock, SystemClock
from steward.ids import RecordClass
from steward.messaging.adapters.consent_book import DynamoConsentBook
from steward.messaging.adapters.kms import KmsNumberHasher
from steward.messaging.adapters.ledger import DynamoLedger
from steward.messaging.adapters.sms import SmsVoice, SmsVoiceOptOuts
from steward.messaging.consent import Consents
from steward.messaging.delivery import Deliveries
from steward.messaging.sending import Texts
from steward.observability import count, logger
from steward.policy import compiled
from steward.policy.messaging import Messaging
from steward.policy.model import Policy
from steward.retention.expiry import expires_at
from steward.settings import required

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_kms.client import KMSClient
    from mypy_boto3_pinpoint_sms_voice_v2.client import PinpointSMSVoiceV2Client


class NoMessagingError(Exception):
    """The policy has no messaging section, so the function should not have been deployed."""


def consents(clock: Clock | None = None) -> Consents:
    """Return what ``record_consent`` does."""
    clock = clock or SystemClock()
    policy, messaging = _policy()
    return Consents(
        messaging=messaging,
        languages=tuple(policy.recording.notice),
        policy_version=policy.council.policy_version,
        expiry=_expiry(policy, RecordClass.CONSENT_EVIDENCE),
        clock=clock,
        hasher=_hasher(),
        book=DynamoConsentBook(_dynamodb(IN_CALL), required("CONSENTS_TABLE"), clock),
        opt_outs=SmsVoiceOptOuts(_sms(IN_CALL), required("OPT_OUT_LIST")),
        tell=tell,
    )


def texts(clock: Clock | None = None) -> Texts:
    """Return what ``send_sms`` does."""
    clock = clock or SystemClock()
    policy, messaging = _policy()
    return Texts(
        messaging=messaging,
        languages=tuple(policy.recording.notice),
        log_expiry=_expiry(policy, RecordClass.SMS_LOG),
        opt_out_expiry=_expiry(policy, RecordClass.CONSENT_EVIDENCE),
        clock=clock,
        hasher=_hasher(),
        ledger=_ledger(IN_CALL, clock),
        sms=SmsVoice(
            _sms(ONCE),
            sender=required("ORIGINATION_IDENTITY"),
            configuration_set=required("CONFIGURATION_SET"),
            max_price=messaging.max_price_usd,
        ),
        tell=tell,
    )


def deliveries(clock: Clock | None = None) -> Deliveries:
    """Return what ``record_sms_status`` does."""
    clock = clock or SystemClock()
    policy, _ = _policy()
    return Deliveries(
        log=_ledger(PIPELINE, clock),
        opt_out_expiry=_expiry(policy, RecordClass.CONSENT_EVIDENCE),
        clock=clock,
        tell=tell,
    )


def tell(what: str, **facts: object) -> None:
    """Log a warning and count it: ``missing_value`` is the metric ``MissingValue``. Facts hold nothing personal."""
    logger.warning(what, extra=facts)
    count(re.sub(r"(?:^|_)([a-z])", lambda match: match[1].upper(), what))


def _policy() -> tuple[Policy, Messaging]:
    policy = compiled.load()
    if policy.messaging is None:
        raise NoMessagingError("the policy has no section `messaging`")
    return policy, policy.messaging


def _expiry(policy: Policy, record_class: RecordClass) -> Callable[[datetime], int]:
    months = policy.retention[record_class].months
    return lambda moment: expires_at(moment, months)


def _hasher() -> KmsNumberHasher:
    return KmsNumberHasher(cast("KMSClient", client("kms", IN_CALL)), required("NUMBER_KEY_ID"))


def _ledger(patience: Patience, clock: Clock) -> DynamoLedger:
    return DynamoLedger(_dynamodb(patience), required("CONSENTS_TABLE"), required("MESSAGES_TABLE"), clock)


def _dynamodb(patience: Patience) -> DynamoDBClient:
    return cast("DynamoDBClient", client("dynamodb", patience))


def _sms(patience: Patience) -> PinpointSMSVoiceV2Client:
    return cast("PinpointSMSVoiceV2Client", client("pinpoint-sms-voice-v2", patience))
