"""Channels: the ways in which people reach the contact centre, and what each of them leaves behind."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from steward.ids import RecordClass
from steward.policy.retention import Clauses


class Channel(StrEnum):
    """A way in which people reach the contact centre."""

    TELEPHONE = "telephone"
    WEB_CHAT = "web_chat"
    EMAIL = "email"
    SOCIAL_MEDIA = "social_media"
    SMS = "sms"


LEAVES_BEHIND: dict[Channel, RecordClass] = {
    Channel.TELEPHONE: RecordClass.CALL_RECORDING,
    Channel.WEB_CHAT: RecordClass.CHAT_TRANSCRIPT,
    Channel.EMAIL: RecordClass.EMAIL_MESSAGE,
    Channel.SOCIAL_MEDIA: RecordClass.CHAT_TRANSCRIPT,
    Channel.SMS: RecordClass.SMS_LOG,
}
"""The class of the content that a channel stores. Connect handles messages from social media as chats."""


class Channels(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The channels that the notice names; the content of each must have a period."""

    offered: Annotated[tuple[Channel, ...], Meta(min_length=1)]
    clauses: Clauses = ()
