"""Texts: what becomes of a template and the values of a contact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward import gsm7
from steward.messaging.texts import LONGEST_BODY, MissingValueError, choose_language, clean, compose
from steward.policy.messaging import Template

BINS = Template(purpose="p", text={"en": "Bins: {day}.", "cy": "Dydd y biniau: tŷ {day}."})


def body(value: str, language: str = "en", *, links_allowed: bool = False) -> str:
    template = Template(purpose="p", text=BINS.text, links_allowed=links_allowed)
    return compose(template, language, {"day": value}, 40).body


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("Monday", "Bins: Monday."),
        ("  Monday \n 2nd\t ", "Bins: Monday 2nd."),
        ("\N{LEFT DOUBLE QUOTATION MARK}Monday\N{RIGHT DOUBLE QUOTATION MARK}", 'Bins: "Monday".'),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Hara", "Bins: O'Hara."),
        ("2\N{EN DASH}3 May", "Bins: 2-3 May."),
        ("Monday\N{HORIZONTAL ELLIPSIS}", "Bins: Monday...."),
        ("Mond\N{ZERO WIDTH SPACE}ay", "Bins: Monday."),
        ("Monday \N{PARTY POPPER}", "Bins: Monday."),
        ("café", "Bins: café."),
        ("Ŵyn", "Bins: Wyn."),
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
    ],
)
def test_a_value_is_brought_into_shape(value: str, said: str) -> None:
    assert body(value) == said


def test_a_link_stays_where_the_template_allows_it() -> None:
    assert body("https://x.example/a", links_allowed=True) == "Bins: https://x.example/a."


def test_a_welsh_text_keeps_its_letters_and_loses_its_emoji() -> None:
    assert body("dŵr \N{DROPLET}", "cy") == "Dydd y biniau: tŷ dŵr."


def test_a_text_in_the_plain_alphabet_stays_in_one_part_whatever_its_value() -> None:
    text = compose(BINS, "en", {"day": "Ŵ\N{PARTY POPPER}\N{RIGHT SINGLE QUOTATION MARK}" * 30}, 40)
    assert text.parts == 1


def test_a_welsh_text_costs_more_parts() -> None:
    long = Template(purpose="p", text={"cy": "ŷ" + "a" * 70, "en": "y" + "a" * 70})
    assert compose(long, "cy", {}, 40).parts == 2
    assert compose(long, "en", {}, 40).parts == 1


def test_every_value_that_is_missing_is_named() -> None:
    template = Template(purpose="p", text={"en": "{a} {b} {c} {a}"})
    with pytest.raises(MissingValueError) as problem:
        compose(template, "en", {"b": "here", "c": " "}, 40)
    assert problem.value.names == ("a", "c")


@pytest.mark.parametrize(
    ("wanted", "language"),
    [((), "cy"), (("en",), "en"), (("en-GB",), "en"), (("en_GB",), "en"), (("fr", "EN"), "en"), ((None, ""), "cy")],
)
def test_the_first_language_that_is_known_is_taken(wanted: tuple[str | None, ...], language: str) -> None:
    assert choose_language(wanted, ("en", "cy"), ("cy", "en")) == language


def test_a_text_without_any_preferred_language_is_still_said() -> None:
    assert choose_language(("fr",), ("pl",), ("cy", "en")) == "pl"


@given(st.text(max_size=200), st.booleans(), st.booleans(), st.integers(min_value=1, max_value=160))
def test_no_value_breaks_out_of_its_place(value: str, plain: bool, links_allowed: bool, longest: int) -> None:  # noqa: FBT001
    cleaned = clean(value, plain=plain, links_allowed=links_allowed, longest=longest)
    assert len(cleaned) <= longest
    assert cleaned == cleaned.strip()
    assert "\n" not in cleaned
    if plain:
        assert gsm7.foreign_characters(cleaned) == ""


@given(st.dictionaries(st.sampled_from(["a", "b"]), st.text(max_size=2000)))
def test_no_text_is_longer_than_the_service_takes(values: dict[str, str]) -> None:
    template = Template(purpose="p", text={"en": "{a}" * 50 + "."})
    try:
        text = compose(template, "en", values, 160)
    except MissingValueError:
        return
    assert 0 < len(text.body) <= LONGEST_BODY
