"""Telephone numbers: which can be sent a text at all."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

from steward.messaging.answers import Reason

_WITHHELD: Final = frozenset(
    {"", "anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld"}
)
"""What stands in place of a withheld number. Amazon Connect's own is ``anonymous``; carriers pass on others."""

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

    Raises NumberRefusedError: withheld (also when missing or empty), or invalid by the country's numbering plan, which
    is also said of short numbers and of the numbers that Ofcom keeps for drama.
    """
    plain = (text or "").strip()
    if plain.lower().removeprefix("sip:").partition("@")[0] in _WITHHELD:
        raise NumberRefusedError(Reason.NUMBER_WITHHELD)
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


def textable(text: str | None, countries: Collection[str], home: str) -> Number:
    """Return the number if it is a mobile of one of those countries; raise NumberRefusedError otherwise."""
    number = read_number(text, home)
    if not number.mobile:
        raise NumberRefusedError(Reason.NOT_A_MOBILE)
    if number.country not in countries:
        raise NumberRefusedError(Reason.COUNTRY_NOT_ALLOWED)
    return number
