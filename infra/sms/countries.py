"""The countries that a rule of the SMS service can name: those to which AWS documents that it sends texts."""

from __future__ import annotations

from typing import Final

COUNTRIES: Final = tuple(
    # As words: a list would be as long as a page.
    """
    AD AE AF AG AI AL AM AR AT AU AW AZ BA BB BD BE BF BG BH BI BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CK CL CM
    CN CO CR CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT
    GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IS IT JE JM JO JP KE KG KH KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU
    LV LY MA MC MD ME MG MH MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NU NZ OM PA PE PF PG
    PH PK PL PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SI SK SL SM SN SO SR SS ST SV SZ TC TD TG TH TJ TL TM TN TO
    TR TT TV TW TZ UA UG US UY UZ VE VG VI VN VU WS YE YT ZA ZM ZW
    """.split()  # noqa: SIM905
)
"""ISO 3166-1 codes, in order.

From AWS's own table, "Supported countries and regions (SMS channel)":
https://docs.aws.amazon.com/sms-voice/latest/userguide/phone-numbers-sms-by-country.html, as AWS published it in
awsdocs/amazon-pinpoint-user-guide, doc-source/channels-sms-countries.md. Left out are AN, which ISO withdrew, and KV,
which is no code of ISO's; Tuvalu, which the table prints with the code of the Turks and Caicos Islands, is TV. The
service has a list of its own (``GetProtectConfigurationCountryRuleSet``), which no template can read: a code that it
refuses fails the stack of these rules, and no other.
"""
