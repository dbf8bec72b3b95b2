"""Messaging: who may be sent a text, what it says, and on which lawful basis."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from steward.policy.recording import Language, Text
from steward.policy.retention import Clauses

LONGEST_BODY: Final = 1600
"""Characters that SendTextMessage accepts."""

Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2 code."""

Host = Annotated[str, Meta(pattern=r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$", max_length=253)]
"""The name of a host: small letters, no scheme, no port, no path."""


class Wording(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Exactly what a person was asked, in one version, when they gave consent."""

    purpose: Text
    text: dict[Language, Text]


class Template(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fixed text with named values, written ``{name}``."""

    purpose: Text
    text: dict[Language, Text]
    links: tuple[Text, ...] = ()
    """The values that are links: https, to a host of ``link_hosts``. Links are taken out of every other value."""


class Messaging(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Text messages."""

    lawful_basis: Literal["consent"]
    purposes: dict[Text, Text]
    """Each purpose by name, and what it means in plain words."""
    wordings: dict[Text, Wording]
    templates: dict[Text, Template]
    countries: Annotated[tuple[Country, ...], Meta(min_length=1)]
    """Countries whose mobile numbers may be sent to."""
    value_max_length: Annotated[int, Meta(ge=1, le=160)] = 40
    """Characters of a value, a link too; one that is longer is refused."""
    link_hosts: tuple[Host, ...] = ()
    """Hosts that a value may link to, each by its full name: ``www.barnet.gov.uk``."""
    several_texts: bool = False
    """Whether one contact may get the same template again, to another number or in other words."""
    keep_body: bool = False
    """Whether the message log keeps what was sent."""
    replies: bool = False
    """Whether people can answer: a telephone number or pool can be answered, an alphanumeric sender id cannot."""
    max_price_usd: Annotated[str, Meta(pattern=r"^[0-9]{0,2}\.[0-9]{1,5}$")] = "0.40"
    """What one message may cost, all its parts together; AWS refuses to send what costs more."""
    monthly_spend_alarm_usd: Annotated[int, Meta(ge=1)] = 100
    """The month's spending on text messages at which operations are told."""
    clauses: Clauses = ()
