"""Telephone numbers: which can be sent a text at all."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from steward.messaging.answers import Reason
from steward.messaging.flow_call import FlowCall

_WITHHELD: Final = frozenset(
    {"", "anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"}
)
"""What stands in place of a withheld number. Amazon Connect's own is ``anonymous``; carriers pass on others."""

_SIP: Final = re.compile(r"(?i:sips?|tel):(?P<user>[^@;?]*)(?:[@;?].*)?")
"""How Connect and carriers pass on numbers of calls over the internet: RFC 3261 §19.1, RFC 3966."""

_DIALLED: Final = re.compile(r"\+?[0-9 ().\-]+")
"""One number and nothing else: letters would be read as a keypad's, an extension and a second number would be lost."""

_TEXTABLE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
"""Pagers and 070 personal numbers are types of their own; some countries do not tell mobiles from fixed lines."""


class NumberRefusedError(Exception):
    """A number that cannot be used; ``reason`` says why, the message never holds the number."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Number:
    """A valid number."""

    e164: str
    country: str
    """ISO 3166-1 alpha-2. Guernsey (GG), Jersey (JE) and Man (IM) are not GB, although they share its prefix."""
    mobile: bool

    def __repr__(self) -> str:
        """Return no digits: a number never reaches a log or a traceback."""
        return f"Number(country={self.country!r}, mobile={self.mobile})"


def read_number(text: str | None, home: str) -> Number:
    """Return the number that ``text`` means, read as dialled in the country ``home`` unless it starts with ``+``.

    A ``sip:`` or ``tel:`` address is read for the number in it. Raises NumberRefusedError: withheld (also when missing
    or empty), or invalid: anything but one number without letters, and what the country's numbering plan does not have,
    which is also said of short numbers and of the numbers that Ofcom keeps for drama.
    """
    plain = (text or "").strip()
    if address := _SIP.fullmatch(plain):
        plain = address["user"].strip()
    if plain.lower() in _WITHHELD:
        raise NumberRefusedError(Reason.NUMBER_WITHHELD)
    if not _DIALLED.fullmatch(plain):
        raise NumberRefusedError(Reason.NUMBER_INVALID)
    try:
        number = phonenumbers.parse(plain, home)
    except phonenumbers.NumberParseException:
        raise NumberRefusedError(Reason.NUMBER_INVALID) from None
    country = phonenumbers.region_code_for_number(number)
    if country is None or not phonenumbers.is_valid_number(number):
        raise NumberRefusedError(Reason.NUMBER_INVALID)
    return Number(
        e164=phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        country=country,
        mobile=phonenumbers.number_type(number) in _TEXTABLE,
    )


class NumberSource(StrEnum):
    """How it is known whose number it is."""

    CALLER = "caller"
    """The contact came from it."""
    PLAYED_BACK = "played_back"
    """It was keyed or given in the contact, read out, and confirmed."""
    UNCONFIRMED = "unconfirmed"
    """Somebody named it. Enough to stop texts, never to send one."""


def textable(number: Number, source: NumberSource, countries: Collection[str]) -> Number:
    """Return the number if somebody confirmed it and it is a mobile of one of those countries.

    Raises NumberRefusedError otherwise.
    """
    if source is NumberSource.UNCONFIRMED:
        raise NumberRefusedError(Reason.NUMBER_NOT_CONFIRMED)
    if not number.mobile:
        raise NumberRefusedError(Reason.NOT_A_MOBILE)
    if number.country not in countries:
        raise NumberRefusedError(Reason.COUNTRY_NOT_ALLOWED)
    return number


def number_of(call: FlowCall, home: str) -> tuple[Number, NumberSource]:
    """Return the number that a flow means, the passed one before the one that called, and how it is known.

    Raises NumberRefusedError as ``read_number`` does. A caller whose own number is passed on needs no confirmation.
    """
    given = call.parameter("number")
    if not given:
        return read_number(call.address, home), NumberSource.CALLER
    number = read_number(given, home)
    if number == _own(call, home):
        return number, NumberSource.CALLER
    return number, NumberSource.PLAYED_BACK if call.number_confirmed else NumberSource.UNCONFIRMED


def _own(call: FlowCall, home: str) -> Number | None:
    try:
        return read_number(call.address, home)
    except NumberRefusedError:
        return None
