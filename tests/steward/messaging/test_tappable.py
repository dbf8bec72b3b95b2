"""What a telephone or its owner could follow, and what only looks a little like it."""

from __future__ import annotations

import time

import pytest

from steward.messaging import tappable
from steward.messaging.values import Script, clean

PLAIN = Script.of("Barnet Council: {value}")
LONGEST = 1600
"""Characters of the longest value that is looked through at all."""


def kept(value: str) -> str:
    return clean(value, PLAIN, "GB")[0]


@pytest.mark.parametrize(
    "number",
    [
        "zero seven four zero zero one two three four five six",
        "oh seven four double oh one two three four five six",
        "Oh-Seven-4-0-0, one 2 three 4 five 6",
        "0 7 4 double 0 123456",
        "nought two oh eight three five nine two treble zero",
        "oh eight hundred, one one one one",
        "oh nine thousand, 98 79 00 00",
        "sero saith pedwar dim dim un dau tri pedwar pump chwech",
        "pedwar pedwar saith pedair sero sero un dwy tair pedwar pump chwech",
        "one one eight one one eight",
        "z\N{LATIN SMALL LETTER E WITH GRAVE}ro seven four zero zero one two three four five six",
    ],
)
def test_a_number_that_is_read_out_in_english_or_in_welsh_is_one(number: str) -> None:
    assert kept(f"Ask for Ann {number} today") == "Ask for Ann today"


@pytest.mark.parametrize(
    "link",
    [
        "e v i l . o r g",
        "h t t p s : / / e v i l . o r g / p a y",
        "1 9 2 . 0 . 2 . 7",
        "j o e @ e v i l . o r g",
        "evil full stop org",
        "evil (full stop) org",
        "evil-dot-org",
        "s c .org",
        "www r u .com",
        "evil\N{ARABIC FULL STOP}org",
        "\N{LATIN SMALL LETTER E WITH ACUTE}vil d\N{LATIN SMALL LETTER O WITH GRAVE}t org",
    ],
)
def test_a_link_that_is_taken_apart_or_read_out_is_one(link: str) -> None:
    assert kept(f"Ask at {link} today") == "Ask at today"


@pytest.mark.parametrize(
    "value",
    [
        "one to one support",
        "one two-bed flat and three children",
        "Bins 1, 2 and 3 at 12 noon",
        "A B C D E F",
        "B C 1 2 3 4 5 6",
        "the pump room at six",
        "one, two, three, four, five and six",
        "two hundred thousand pounds",
        "the first of nine full stop signs",
        "un, dau, tri",
        "double glazing in 2 rooms",
        "Flat 3, 12 Oak Road",
    ],
)
def test_words_that_only_count_something_are_kept(value: str) -> None:
    assert kept(value) == value


@pytest.mark.parametrize(
    "piece",
    [
        "_",
        "a",
        "a.",
        "a-",
        "- ",
        "_ ",
        "oh-",
        "0O",
        "double ",
        "e v ",
        ":",
        "1.",
        "[",
        "a[",
        "dot ",
        "\\/",
        "h.",
        "@",
        "+1",
    ],
)
def test_a_value_of_any_length_is_looked_through_within_a_part_of_a_second(piece: str) -> None:
    """A pattern that tries every way to cut it up took two minutes of a flow's eight seconds for 1,600 underscores."""
    began = time.process_time()
    kept((piece * LONGEST)[:LONGEST])
    kept((piece * LONGEST)[: LONGEST - 2] + "x!")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("run", "is_one"),
    [
        *[("118118", True), ("118 119", True), ("118 11", False), ("117118", False), ("1181180", False)],
        *[("+1234567", True), ("+123456", False), ("0800 123", True), ("0800 12", False), ("0845 46 47", True)],
        *[("0500 123456", True), ("012345678", False), ("0123456789", True), ("123456789", False)],
        *[("12345 67890", True), ("1234567890", False), ("44123456789", True), ("4412345678", False)],
        *[("01/02/2027", False), ("32/01/2027 10:30", True), ("2027-01-02 10:30", False), ("O8OO l23", True)],
    ],
)
def test_what_is_a_number_is_told_by_its_digits_and_by_what_stands_between_them(run: str, is_one: bool) -> None:  # noqa: FBT001
    assert bool(list(tappable.numbers(run, "GB"))) == is_one
