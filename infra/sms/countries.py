"""The countries that a rule of the SMS service can name."""

from __future__ import annotations

from typing import Final

import phonenumbers

_NOT_ISO: Final = frozenset({"AC", "TA"})
"""Numbering plans without an ISO 3166-1 code of their own: Ascension Island and Tristan da Cunha, which are SH."""

_NOT_SERVED: Final = frozenset({"CU", "IR", "KP", "SD", "SY"})
"""AWS sends no text there, so a rule may not know them either:
https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-sms-by-country.html"""


def countries() -> list[str]:
    """Return the ISO 3166-1 codes of all countries with a numbering plan to which AWS sends texts, sorted.

    The service has a list of its own (``GetProtectConfigurationCountryRuleSet``), which no template can read. A code
    that it refuses fails the stack of these rules, and no other.
    """
    return sorted(phonenumbers.SUPPORTED_REGIONS - _NOT_ISO - _NOT_SERVED)
