"""Every story, failure and invariant that the rights of people were designed for has a test that is still there.

The stories run through deployed functions alone, and the failures are bad input and what AWS may do; the invariants
hold over any life of a request or an erasure. Whoever takes a test away, or names it anew, finds what it stood for.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

STORIES = {
    1: (
        "an old call of which only the record is left is found, and survives its month",
        "finding both_calls_are_found",
    ),
    2: ("the earlier of the law's date and the promise counts", "clock dates_of_the_law_and_of_the_promise"),
    3: ("proof starts the month anew, a question adds its days", "clock proof_starts_the_month_anew"),
    4: ("an extension is three months from the start, and too late it is refused", "clock an_extension_counts_three"),
    5: ("a stranger's calls leave, and their holds end the same day", "registers a_strangers_hold_ends_the_same_day"),
    6: ("a month that cannot be read is named, and never nothing found", "finding one_month_that_cannot_be_read"),
    7: ("a minute of somebody else is silence, and the original stays", "package a_package_from_the_first_letter"),
    8: ("whoever reviewed does not approve, and a change voids it", "package a_package_from_the_first_letter"),
    9: ("the police are refused what they do not show, and given the rest", "disclosures a_request_of_the_police"),
    10: ("an authority that ran out gives nothing", "disclosures an_authority_that_expired"),
    11: ("an emergency gives at once, and its papers are asked for", "disclosures an_emergency_gives_at_once"),
    12: ("what a complaint holds waits, and goes on its own day", "erasure what_waited_for_a_hold_goes"),
    13: ("every other line stays byte for byte, and what comes back goes", "erasure everything_goes_that_two_people"),
    14: ("a restored register is told anew, and no text goes", "texts_after_erasure no_text_goes_to_whoever"),
    15: ("a read at night without a request is named", "reading a_read_at_night_without_a_request"),
}

FAILURES = {
    1: "rights/bad_input test_01_",
    2: "rights/searching_in_parts test_02_",
    3: "rights/bad_input test_03_",
    4: "rights/bad_input test_04_",
    5: "rights/bad_input test_05_",
    6: "e2e/finding both_calls_are_found",
    7: "rights/bad_input test_07_",
    8: "rights/bad_input test_08_",
    9: "rights/bad_input test_09_",
    10: "rights/bad_input test_10_",
    11: "rights/bad_input test_11_",
    12: "rights/bad_input test_12_",
    13: "rights/bad_input test_13_",
    14: "rights/bad_input test_14_",
    15: "rights/bad_input test_15_",
    16: "erasure/faults test_16_",
    17: "erasure/faults test_17_",
    18: "erasure/faults test_18_",
    19: "erasure/faults test_19_",
    20: "erasure/faults test_20_",
    21: "erasure/faults test_21_",
    22: "erasure/faults test_22_",
    23: "erasure/large_requests what_comes_back_of_the_last_contact",
    24: "e2e/erasure a_register_that_was_restored",
    25: "erasure/lines what_is_not_hers_is_left_byte_for_byte",
    26: "erasure/faults test_26_",
    27: "erasure/faults test_27_",
    28: "erasure/faults test_28_",
    29: "e2e/erasure nothing_goes_while_the_switch_is_off",
    30: "rights/bad_input test_30_",
    31: "rights/editing audio_that_is_no_linear_pcm",
    32: "rights/bad_input test_32_",
    33: "rights/pages a_welsh_council_gives_every_page",
    34: "rights/bad_input test_34_",
    35: "disclosing/telling of_which_the_person_may_not_be_told",
    36: "disclosing/watching papers_are_overdue",
    37: "e2e/reading a_day_of_which_nothing_was_delivered",
    38: "erasure/what_is_kept test_38_",
    39: "e2e/finding nothing_that_identifies_the_person",
    40: "rights/bad_input test_40_",
}
"""From an object that cannot be read (1) to a division whose holidays nobody knows (40)."""

INVARIANTS = {
    "I1 nothing that is held is deleted": "erasure/lives nothing_that_is_held_went",
    "I2 every deletion was agreed on and announced before": "erasure/lives nothing_went_without_an_order",
    "I3 a package has the files of confirmed contacts with a verdict": "rights/lives i3_",
    "I4 what is handed over is what was approved": "rights/lives take",
    "I5 due is the earlier date, and no question shortens it": "rights/lives i5_",
    "I6 what was found stays while the request is open": "rights/lives i6_",
    "I7 once done nothing is found, whatever comes back": "erasure/lives teardown",
    "I8 others' lines stay byte for byte": "erasure/lives the_neighbours_lines_stand",
    "I9 every open request has an owner and a next day": "rights/lives i9_",
    "I10 each file that is handed over stands once, with its digest": "rights/lives i10_",
    "I11 repeats change nothing": "rights/lives messages_that_come_twice",
    "I12 nothing personal is said outside": "rights/lives i12_",
    "I13 what somebody asked for a copy of is not erased": "erasure/lives nothing_that_is_held_went",
    "I14 what is refused or withheld has a ground": "rights/lives i14_",
    "I15 the counts add up": "rights/lives i15_",
}

FOLDERS = {
    "e2e": Path("tests/end_to_end/rights"),
    "rights": Path("tests/steward/rights"),
    "erasure": Path("tests/steward/rights/erasure"),
    "disclosing": Path("tests/steward/rights/disclosing"),
}


@cache
def _named(file: Path) -> tuple[str, ...]:
    """Return the names of all functions of a file of tests, those of state machines too."""
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return tuple(one.name for one in found if isinstance(one, ast.FunctionDef))


def _found(reference: str) -> list[str]:
    where, _, words = reference.partition(" ")
    folder, _, name = where.partition("/")
    return [one for one in _named(FOLDERS[folder] / f"test_{name}.py") if words in one]


@pytest.mark.parametrize("number", range(1, 16))
def test_each_story_is_told_through_the_deployed_templates(number: int) -> None:
    story, reference = STORIES[number]
    assert _found(f"e2e/{reference}"), story


@pytest.mark.parametrize("number", range(1, 41))
def test_each_failure_has_a_test(number: int) -> None:
    assert _found(FAILURES[number])


@pytest.mark.parametrize("invariant", INVARIANTS)
def test_each_invariant_is_held_over_lives(invariant: str) -> None:
    assert len(INVARIANTS) == 15
    assert _found(INVARIANTS[invariant]), invariant
