# ruff: noqa: RUF001 - look-alikes are what is tested
"""Texts: what becomes of a template and the values of a contact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward import gsm7
from steward.messaging.answers import Reason
from steward.messaging.texts import Rules, ValueRefusedError, choose_language, compose
from steward.policy.messaging import LONGEST_BODY, Template

BINS = Template(purpose="p", text={"en": "Bins: {day}.", "cy": "Dydd y biniau: tŷ {day}."})
LINK = Template(purpose="p", links=("link",), text={"en": "See {link}."})
RULES = Rules(longest_value=40, link_hosts=frozenset({"www.barnet.gov.uk"}), home="GB")


def body(value: object, language: str = "en") -> str:
    return compose(BINS, language, {"day": value}, RULES).body


def refusal(template: Template, values: dict[str, object], rules: Rules = RULES) -> tuple[Reason, tuple[str, ...]]:
    with pytest.raises(ValueRefusedError) as problem:
        compose(template, "en", values, rules)
    return problem.value.reason, problem.value.names


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Monday", "Bins: Monday."),
        ("  Monday \n 2nd\t ", "Bins: Monday 2nd."),
        ("\N{LEFT DOUBLE QUOTATION MARK}Monday\N{RIGHT DOUBLE QUOTATION MARK}", 'Bins: "Monday".'),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Hara", "Bins: O'Hara."),
        ("O\N{MODIFIER LETTER APOSTROPHE}Hara", "Bins: O'Hara."),
        ("2\N{EN DASH}3 May", "Bins: 2-3 May."),
        ("Monday\N{HORIZONTAL ELLIPSIS}", "Bins: Monday...."),
        ("Mond\N{ZERO WIDTH SPACE}ay", "Bins: Monday."),
        ("Monday \N{PARTY POPPER}", "Bins: Monday."),
        ("café", "Bins: café."),
        ("Ŵyn", "Bins: Wyn."),
        ("Michał Łuczak", "Bins: Michal Luczak."),
        ("1\N{VULGAR FRACTION ONE HALF} hours", "Bins: 1 1/2 hours."),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER M}onday", "Bins: Monday."),
        ("\N{ARABIC-INDIC DIGIT THREE} May", "Bins: 3 May."),
        ("{day}", "Bins: {day}."),
        ("call 07400 123456 now", "Bins: call now."),
        ("call +44 7400 123456", "Bins: call."),
        ("call (020) 8359 2000", "Bins: call."),
        ("see https://x.example/a?b=c today", "Bins: see today."),
        ("see x.example/a today", "Bins: see today."),
        ("write to a.b@x.example", "Bins: write to."),
        ("ref 1234567890", "Bins: ref 1234567890."),
        ("02/11/2026 at 9.30am", "Bins: 02/11/2026 at 9.30am."),
        ("2 p.m. on 02.11.2026", "Bins: 2 p.m. on 02.11.2026."),
        ("02.11.2026 09:30", "Bins: 02.11.2026 09:30."),
        ("12 High St. London Road", "Bins: 12 High St. London Road."),
        ("St. Mary's, Flat 12", "Bins: St. Mary's, Flat 12."),
        ("1,234.56 pounds", "Bins: 1,234.56 pounds."),
        ("Done. To stop, ask", "Bins: Done. To stop, ask."),
    ],
)
def test_a_value_is_brought_into_shape(value: str, said: str) -> None:
    assert body(value) == said


def test_a_welsh_text_keeps_its_letters_and_loses_its_emoji() -> None:
    assert body("dŵr \N{DROPLET}", "cy") == "Dydd y biniau: tŷ dŵr."


HIDDEN = [
    "evil.\N{ZERO WIDTH SPACE}com/pay",
    "evil\N{WORD JOINER}.\N{SOFT HYPHEN}com",
    "\N{FULLWIDTH LATIN SMALL LETTER P}ay\N{FULLWIDTH FULL STOP}example\N{FULLWIDTH FULL STOP}com",
    "evil\N{ONE DOT LEADER}com",
    "evil\N{IDEOGRAPHIC FULL STOP}com",
    "evil.\N{PARTY POPPER}com",
    "evil . com",
    "evil. com",
    "evil dot com",
    "evil dot co dot uk",
    "evil(dot)com",
    "evil[.]com",
    "hxxp://evil/x",
    "hxxps evil com",
    "www evil com",
    "//evil.com",
    "xn--e1afmkfd.xn--p1ai",
    "192.0.2.7/pay",
    "192 . 0 . 2 . 7",
    "http://3221225479",
    "2001:db8::1",
    "joe@evil",
    "joe (at) evil (dot) com",
    "tel:60777",
    "*21*07400123456#",
    "020-8359-2000",
    "020.8359.2000",
    "0 2 0 8 3 5 9 2 0 0 0",
    "\N{FULLWIDTH DIGIT ZERO}2083592000",
    "O2O 8359 2OOO",
    "442083592000",
    "0044 (20) 8359/2000",
    "+44 (0)20 8359 2000",
    "0909 879 0000",
    "0208 a.com 359 a.com 2000",
    "118 118",
    "0800 1111",
    "\N{MATHEMATICAL BOLD DIGIT ZERO}2083592000",
    "\N{ARABIC-INDIC DIGIT ZERO}2083592000",
]


@pytest.mark.parametrize("value", HIDDEN)
def test_nothing_that_can_be_followed_passes_by_its_spelling(value: str) -> None:
    try:
        said = body(f"see {value} now")
    except ValueRefusedError as problem:
        assert problem.reason is Reason.VALUE_TOO_LONG  # noqa: PT017 - either is right
        return
    assert not any(character.isdigit() for character in said)
    assert "evil" not in said
    assert "xn--" not in said


def test_whatever_was_left_out_of_a_value_is_named() -> None:
    assert compose(BINS, "en", {"day": "see evil.com now"}, RULES).cleaned == ("day",)
    assert compose(BINS, "en", {"day": "Monday"}, RULES).cleaned == ()


@pytest.mark.parametrize("value", HIDDEN[:3])
def test_a_value_of_which_nothing_is_left_is_missing(value: str) -> None:
    assert refusal(BINS, {"day": value}) == (Reason.MISSING_VALUE, ("day",))


@pytest.mark.parametrize(
    "value",
    [
        "p\N{CYRILLIC SMALL LETTER A}yp\N{CYRILLIC SMALL LETTER A}l",
        "\N{CYRILLIC SMALL LETTER ER}\N{CYRILLIC SMALL LETTER A}\N{CYRILLIC SMALL LETTER U}",
        "\N{GREEK CAPITAL LETTER ALPHA}BC",
        "\N{LATIN LETTER SMALL CAPITAL C}om",
        "\N{LATIN SMALL LETTER SCRIPT G}oogle",
        "\N{CHEROKEE LETTER A}",
        7,
        7.5,
        True,
        ["Monday"],
        {"day": "Monday"},
    ],
)
def test_look_alikes_and_what_is_no_text_are_refused(value: object) -> None:
    assert refusal(BINS, {"day": value}) == (Reason.VALUE_NOT_ALLOWED, ("day",))


def test_a_text_in_another_script_takes_values_in_it_and_no_mixtures() -> None:
    template = Template(purpose="p", text={"uk": "Ваш день: {day}."})
    assert compose(template, "uk", {"day": "середа"}, RULES).body == "Ваш день: середа."
    assert compose(template, "uk", {"day": "Barnet"}, RULES).body == "Ваш день: Barnet."
    for mixed in ("сереda", "ΔΩ"):
        with pytest.raises(ValueRefusedError, match="value_not_allowed: day"):
            compose(template, "uk", {"day": mixed}, RULES)


@pytest.mark.parametrize("length", [41, 300, 2000])
def test_a_value_that_is_too_long_is_refused_and_never_cut(length: int) -> None:
    assert refusal(BINS, {"day": "x" * length}) == (Reason.VALUE_TOO_LONG, ("day",))
    assert body("x" * 40) == f"Bins: {'x' * 40}."


def test_a_value_is_measured_as_it_stands_in_the_text() -> None:
    assert body("\N{LATIN SMALL LIGATURE FFI}" * 13) == f"Bins: {'ffi' * 13}."
    assert refusal(BINS, {"day": "\N{LATIN SMALL LIGATURE FFI}" * 14}) == (Reason.VALUE_TOO_LONG, ("day",))
    assert body("Monday" + "\N{ZERO WIDTH SPACE}" * 60) == "Bins: Monday."


@pytest.mark.parametrize(
    "link",
    ["https://www.barnet.gov.uk/bins", "https://www.barnet.gov.uk", " https://www.barnet.gov.uk/a?b=c&d=1#e "],
)
def test_a_link_goes_to_a_host_that_the_policy_lists(link: str) -> None:
    assert compose(LINK, "en", {"link": link}, RULES).body == f"See {link.strip()}."


@pytest.mark.parametrize(
    "link",
    [
        "http://www.barnet.gov.uk/a",
        "www.barnet.gov.uk/a",
        "HTTPS://www.barnet.gov.uk",
        "https://barnet.gov.uk/a",
        "https://evil.www.barnet.gov.uk",
        "https://www.barnet.gov.uk.evil.com",
        "https://www.barnet.gov.uk@evil.com",
        "https://www.barnet.gov.uk:8443/",
        "https://www.barnet.gov.uk\\@evil.com",
        "https://evil.com/www.barnet.gov.uk",
        "https://www.barnet.gov.uk/ evil.com",
        "https://www.barnet.gov.uk/?u=//evil.com",
        "https://www.barnet.gov.uk/?u=evil.com",
        "https://www.barnet.gov.uk/?u=//pay",
        "https://www.barnet.gov.uk/02083592000",
        "https://www.barnet.gov.uk\N{ZERO WIDTH SPACE}/a",
        "https://www.b\N{CYRILLIC SMALL LETTER A}rnet.gov.uk",
        "\N{FULLWIDTH LATIN SMALL LETTER H}ttps://www.barnet.gov.uk",
        "https://",
        "Council tax",
    ],
)
def test_no_other_link_goes_out(link: str) -> None:
    assert refusal(LINK, {"link": link}) == (Reason.LINK_NOT_ALLOWED, ("link",))


def test_a_long_link_is_never_cut() -> None:
    link = "https://www.barnet.gov.uk/council-tax-and-benefits/council-tax"
    assert refusal(LINK, {"link": link}) == (Reason.VALUE_TOO_LONG, ("link",))


def test_without_hosts_no_link_is_allowed() -> None:
    rules = Rules(longest_value=40, link_hosts=frozenset(), home="GB")
    assert refusal(LINK, {"link": "https://www.barnet.gov.uk"}, rules)[0] is Reason.LINK_NOT_ALLOWED


@pytest.mark.parametrize(
    ("text", "values", "names"),
    [
        ("See {a}.{b}", {"a": "evil", "b": "com"}, ("a", "b")),
        ("See {a}{b} now", {"a": "evil.", "b": "com"}, ("a", "b")),
        ("Call {a} 2000", {"a": "020 8359"}, ("a",)),
        ("See www.{a}", {"a": "evil"}, ("a",)),
        ("See {a}@barnet.gov.uk", {"a": "joe"}, ("a",)),
    ],
)
def test_values_make_no_link_of_what_stands_beside_them(
    text: str, values: dict[str, object], names: tuple[str, ...]
) -> None:
    assert refusal(Template(purpose="p", text={"en": text}), values) == (Reason.VALUE_NOT_ALLOWED, names)


def test_the_templates_own_links_and_numbers_stay() -> None:
    fixed = "Barnet: {day}. See www.barnet.gov.uk. To stop our texts, call 020 8359 2000."
    said = compose(Template(purpose="p", text={"en": fixed}), "en", {"day": "Monday 12"}, RULES).body
    assert said == fixed.replace("{day}", "Monday 12")


def test_a_text_in_the_plain_alphabet_stays_in_one_part_whatever_its_value() -> None:
    text = compose(BINS, "en", {"day": "Ŵ\N{PARTY POPPER}\N{RIGHT SINGLE QUOTATION MARK}" * 20}, RULES)
    assert text.parts == 1


def test_a_welsh_text_costs_more_parts() -> None:
    long = Template(purpose="p", text={"cy": "ŷ" + "a" * 70, "en": "y" + "a" * 70})
    assert compose(long, "cy", {}, RULES).parts == 2
    assert compose(long, "en", {}, RULES).parts == 1


def test_every_value_that_stands_in_the_way_is_named_the_missing_ones_first() -> None:
    template = Template(purpose="p", text={"en": "{a} {b} {c} {a} {d}"})
    assert refusal(template, {"b": "here", "c": " ", "d": "x" * 50}) == (Reason.MISSING_VALUE, ("a", "c"))


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ((), "cy"),
        (("en",), "en"),
        (("en-GB",), "en"),
        (("en_GB",), "en"),
        (("fr", "EN"), "en"),
        ((None, ""), "cy"),
        (("English", "en-GB"), "en"),
        (("pl-PL",), "cy"),
    ],
)
def test_the_first_language_that_is_known_is_taken(wanted: tuple[str | None, ...], language: str) -> None:
    assert choose_language(wanted, ("en", "cy"), ("cy", "en")) == language


def test_a_text_without_any_preferred_language_is_still_said() -> None:
    assert choose_language(("fr",), ("pl",), ("cy", "en")) == "pl"


@given(st.text(max_size=60), st.sampled_from(["en", "cy"]), st.integers(min_value=1, max_value=160))
def test_no_value_breaks_out_of_its_place(value: str, language: str, longest: int) -> None:
    try:
        text = compose(BINS, language, {"day": value}, Rules(longest, frozenset(), "GB"))
    except ValueRefusedError:
        return
    start, _, end = BINS.text[language].partition("{day}")
    assert text.body.startswith(start)
    assert text.body.endswith(end)
    said = text.body[len(start) : len(text.body) - len(end)]
    assert 0 < len(said) <= longest
    assert said == " ".join(said.split())
    if language == "en":
        assert gsm7.foreign_characters(said) == ""


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(alphabet="xyz ", max_size=160)))
def test_no_text_is_longer_than_the_service_takes(values: dict[str, object]) -> None:
    template = Template(purpose="p", text={"en": "{a}" * 50 + "."})
    try:
        text = compose(template, "en", values, Rules(160, frozenset(), "GB"))
    except ValueRefusedError:
        return
    assert 0 < len(text.body) <= LONGEST_BODY


def test_a_text_that_is_too_long_as_a_whole_is_refused() -> None:
    template = Template(purpose="p", text={"en": "{a}" * 50 + "."})
    assert refusal(template, {"a": "x" * 40}) == (Reason.VALUE_TOO_LONG, ("a",))
