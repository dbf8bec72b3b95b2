"""What the functions of messaging have in common; made once, at cold start."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from steward.aws.clients import ClientTimeouts, client
from steward.clock import Clock
from steward.ids import RecordClass
from steward.messaging.adapters.message_log import DynamoMessageLog
from steward.observability import count, logger
from steward.policy import compiled
from steward.policy.messaging import Messaging
from steward.policy.model import Policy
from steward.retention.expiry import expires_at
from steward.settings import Environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_pinpoint_sms_voice_v2.client import PinpointSMSVoiceV2Client


class NoMessagingError(Exception):
    """The policy has no messaging section, so the function should not have been deployed."""


def tell(what: str, **facts: object) -> None:
    """Log a warning and count it: ``missing_value`` is the metric ``MissingValue``. Facts hold nothing personal."""
    logger.warning(what, extra=facts)
    count(re.sub(r"(?:^|_)([a-z])", lambda match: match[1].upper(), what))


class WithPolicy(Environment, frozen=True, kw_only=True):
    """What every function of messaging needs to be told."""

    policy_file: str
    consents_table: str


class WithMessages(WithPolicy, frozen=True, kw_only=True):
    """What a function needs to be told that reads and writes the log of messages."""

    messages_table: str


def policy(told: WithPolicy) -> tuple[Policy, Messaging]:
    """Return the policy and its section on messaging. Raises NoMessagingError if it has no such section."""
    whole = compiled.load(told.policy_file)
    if whole.messaging is None:
        raise NoMessagingError("the policy has no section `messaging`")
    return whole, whole.messaging


def expiry(policy: Policy, record_class: RecordClass) -> Callable[[datetime], int]:
    """Return what says, for a moment, when a row made then expires."""
    months = policy.retention[record_class].months
    return lambda moment: expires_at(moment, months)


def ledger(told: WithMessages, patience: ClientTimeouts, clock: Clock) -> DynamoMessageLog:
    """Return the log of messages, with the consents that it reads."""
    return DynamoMessageLog(dynamodb(patience), told.consents_table, told.messages_table, clock)


def dynamodb(patience: ClientTimeouts) -> DynamoDBClient:
    """Return DynamoDB's client."""
    return client("dynamodb", patience)


def sms(patience: ClientTimeouts) -> PinpointSMSVoiceV2Client:
    """Return the client of AWS End User Messaging SMS."""
    return client("pinpoint-sms-voice-v2", patience)
