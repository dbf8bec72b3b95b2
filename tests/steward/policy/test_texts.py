"""Wordings and templates of text messages."""

from __future__ import annotations

from typing import Any

import pytest

from steward import gsm7
from steward.policy.checking.texts import messaging_findings
from steward.policy.messaging import Messaging, Template, Wording


def messaging(
    template: dict[str, str] | None = None, wording: dict[str, str] | None = None, **changes: object
) -> Messaging:
    settings: dict[str, Any] = {
        "lawful_basis": "consent",
        "countries": ("GB",),
        "purposes": {"signposting": "To send a link."},
        "wordings": {"v1": Wording(purpose="signposting", text=wording or {"en": "May we text you?"})},
        "templates": {"link": Template(purpose="signposting", text=template or {"en": "See {link}."})},
    }
    return Messaging(**{**settings, **changes})


def found(policy: Messaging, languages: tuple[str, ...] = ("en",)) -> list[str]:
    return [str(finding) for finding in messaging_findings(policy, languages)]


def test_complete_texts_are_in_order() -> None:
    assert found(messaging()) == []


def test_a_text_missing_in_a_language_of_the_notice_is_reported() -> None:
    assert found(messaging(), ("en", "cy")) == [
        "messaging.wordings.v1.text.cy: is missing: the notice is given in that language",
        "messaging.templates.link.text.cy: is missing: the notice is given in that language",
    ]


def test_a_purpose_that_is_not_described_is_reported() -> None:
    assert found(messaging(purposes={"feedback": "To ask."})) == [
        'messaging.wordings.v1.purpose: "signposting" is not one of messaging.purposes',
        'messaging.templates.link.purpose: "signposting" is not one of messaging.purposes',
    ]


def test_the_united_kingdom_has_another_code() -> None:
    assert found(messaging(countries=("GB", "UK"))) == [
        'messaging.countries: "UK" is no country with a numbering plan; the United Kingdom is GB'
    ]


@pytest.mark.parametrize("section", ["wordings", "templates"])
def test_messaging_without_a_text_is_reported(section: str) -> None:
    assert found(messaging(**{section: {}})) == [f"messaging.{section}: is empty: without one nothing can be sent"]


@pytest.mark.parametrize("text", ["See {link.", "See link}.", "See {link}}."])
def test_a_brace_without_its_partner_is_reported(text: str) -> None:
    assert found(messaging({"en": text})) == ["messaging.templates.link.text.en: has a { or } without its partner"]


@pytest.mark.parametrize(
    "text", ["See {}.", "See {Link}.", "See {0}.", "See {link!r}.", "See {link:>9}.", "See {a.b}."]
)
def test_a_value_that_is_no_plain_name_is_reported(text: str) -> None:
    (line,) = found(messaging({"en": text}))
    assert "is no value's name" in line


@pytest.mark.parametrize("name", ["template", "purpose", "number"])
def test_a_value_named_like_a_parameter_of_the_function_is_reported(name: str) -> None:
    (line,) = found(messaging({"en": f"See {{{name}}}."}))
    assert "is the name of a parameter of send_sms" in line


def test_languages_that_use_different_values_are_reported() -> None:
    lines = found(messaging({"en": "See {link}.", "cy": "Gweler {dolen}."}))
    assert "messaging.templates.link.text: the languages do not use the same values" in lines


def test_a_wording_holds_no_value() -> None:
    (line,) = found(messaging(wording={"en": "May we text {name}?"}))
    assert line.startswith("messaging.wordings.v1.text.en: a wording is said as it stands")


def test_a_welsh_circumflex_is_remarked_with_what_it_costs() -> None:
    lines = found(messaging({"en": "Water.", "cy": "Dŵr a thŷ: cysylltwch â ni."}), ("en", "cy"))
    assert (
        "messaging.templates.link.text.cy: remark: ŵŷâ is outside the GSM-7 alphabet: the message is sent as UCS-2 "
        "in up to 1 part" in lines
    )


def test_a_text_that_may_need_two_parts_is_remarked() -> None:
    (line,) = found(messaging({"en": "x" * 125 + "{link}"}))
    assert "may take 2 parts" in line


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("ŵ" * 134, 2),
        ("ŵ" * 135, 3),
    ],
)
def test_the_parts_of_a_message(text: str, parts: int) -> None:
    assert gsm7.parts(text) == parts


def test_the_alphabet_has_e_acute_and_pounds_but_no_curly_apostrophe() -> None:
    assert gsm7.foreign_characters("Caffé £5") == ""
    assert gsm7.foreign_characters("It\u2019s \u2019") == "\u2019"
