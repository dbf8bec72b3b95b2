"""Origination identities: telephone numbers, pools and alphanumeric sender ids."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final


class Sender(StrEnum):
    """What kind of sender an identity is."""

    PHONE_NUMBER = "phone-number"
    POOL = "pool"
    SENDER_ID = "sender-id"

    @property
    def can_be_answered(self) -> bool:
        """Tell whether people can reply: a sender id cannot receive (AWS, "How to send SMS using a sender ID")."""
        return self is not Sender.SENDER_ID


_FORMS: Final = (
    (
        re.compile(r"(arn:aws:sms-voice:[^:]+:\d{12}:phone-number/)?phone-[0-9a-z]+|\+[1-9]\d{1,18}"),
        Sender.PHONE_NUMBER,
    ),
    (re.compile(r"(arn:aws:sms-voice:[^:]+:\d{12}:pool/)?pool-[0-9a-z]+"), Sender.POOL),
    (
        re.compile(
            r"arn:aws:sms-voice:[^:]+:\d{12}:sender-id/[A-Za-z0-9_-]{1,11}/[A-Z]{2}|(?=.*[A-Za-z])[A-Za-z0-9_-]{1,11}"
        ),
        Sender.SENDER_ID,
    ),
)


def kind_of(identity: str) -> Sender | None:
    """Return what kind of sender that id, ARN or number is, or None if it is none."""
    return next((kind for form, kind in _FORMS if form.fullmatch(identity)), None)
