"""The clock of a request. Dates from the Information Commissioner's own examples and from arithmetic done by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.rights.clock.deadlines import Facts, Pause, Promise, deadlines, last_day_to_extend, paused_days
from steward.rights.clock.holidays import ENGLAND_AND_WALES, BeyondTheTable

PROMISE = Promise(days=30)
TODAY = date(2027, 1, 5)


def of(received: str, **facts: object) -> tuple[date, date, date, date]:
    found = deadlines(
        Facts(received_on=date.fromisoformat(received), **facts),  # type: ignore[arg-type]
        PROMISE,
        ENGLAND_AND_WALES,
        TODAY,
    )
    assert found
    return found.law_on, found.promised_on, found.due_on, found.act_by


@pytest.mark.parametrize(
    ("received", "law", "promised", "due", "act_by"),
    [
        ("2026-01-31", "2026-03-02", "2026-03-02", "2026-03-02", "2026-03-02"),
        ("2026-02-10", "2026-03-10", "2026-03-12", "2026-03-10", "2026-03-10"),
        ("2026-03-03", "2026-04-07", "2026-04-02", "2026-04-02", "2026-04-02"),
        ("2026-11-25", "2026-12-29", "2026-12-25", "2026-12-25", "2026-12-24"),
        ("2027-01-31", "2027-03-01", "2027-03-02", "2027-03-01", "2027-03-01"),
    ],
)
def test_the_earlier_of_the_law_and_the_promise_is_worked_to(
    received: str, law: str, promised: str, due: str, act_by: str
) -> None:
    assert [day.isoformat() for day in of(received)] == [law, promised, due, act_by]


def test_a_month_and_thirty_days_beat_each_other_in_turn() -> None:
    raw, rolled, longest = Counter[str](), Counter[str](), timedelta(0)
    for number in range((date(2031, 1, 1) - date(2026, 1, 1)).days):
        received = date(2026, 1, 1) + timedelta(days=number)
        found = deadlines(Facts(received_on=received), PROMISE, ENGLAND_AND_WALES, TODAY)
        assert found
        raw[_compared(found.promised_on, _unrolled(received))] += 1
        rolled[_compared(found.promised_on, found.law_on)] += 1
        longest = max(longest, found.law_on - _unrolled(received))
    assert raw == {"earlier": 1051, "equal": 625, "later": 150}
    assert rolled == {"earlier": 1257, "equal": 448, "later": 121}
    assert longest == timedelta(days=4)


def _unrolled(received: date) -> date:
    for day in (received.day, 30, 29, 28):
        try:
            return date(received.year + received.month // 12, received.month % 12 + 1, day)
        except ValueError:
            continue
    raise AssertionError(received)


def _compared(one: date, other: date) -> str:
    return "earlier" if one < other else "equal" if one == other else "later"


def test_an_extension_is_three_months_from_the_start_and_not_two_from_the_first_deadline() -> None:
    # 31 January + 1 month is 28 February; two more months from there would be 28 April.
    assert of("2027-01-31", extended_on=date(2027, 2, 10))[0] == date(2027, 4, 30)
    assert of("2027-05-31", extended_on=date(2027, 6, 10))[0] == date(2027, 8, 31)


def test_an_extension_by_law_does_not_lengthen_the_promise_unless_the_policy_says_so() -> None:
    facts = Facts(received_on=date(2027, 3, 1), extended_on=date(2027, 3, 20))
    kept = deadlines(facts, PROMISE, ENGLAND_AND_WALES, TODAY)
    extends = deadlines(facts, Promise(days=30, extends=True), ENGLAND_AND_WALES, TODAY)
    assert kept
    assert extends
    assert (kept.promised_on, kept.law_on) == (date(2027, 3, 31), date(2027, 6, 1))
    assert extends.due_on == date(2027, 6, 1)


def test_proof_of_identity_starts_the_clock_anew_and_a_question_only_pauses_it() -> None:
    received = date(2027, 3, 1)
    facts = Facts(
        received_on=received,
        asked_for=(received + timedelta(days=20),),
        pauses=(
            Pause(asked_on=received + timedelta(days=5), answered_on=received + timedelta(days=18)),
            Pause(asked_on=received + timedelta(days=22), answered_on=received + timedelta(days=32)),
        ),
    )
    found = deadlines(facts, PROMISE, ENGLAND_AND_WALES, TODAY)
    assert found
    assert found.start == date(2027, 3, 21)
    assert found.promised_on == date(2027, 3, 21) + timedelta(days=40)
    # 21 April and ten days is Saturday 1 May; 3 May is a bank holiday.
    assert found.law_on == date(2027, 5, 4)


def test_without_the_proof_that_was_asked_for_there_is_no_deadline() -> None:
    facts = Facts(received_on=date(2027, 3, 1), asked_for=(None,))
    assert deadlines(facts, PROMISE, ENGLAND_AND_WALES, TODAY) is None
    assert last_day_to_extend(facts, ENGLAND_AND_WALES, TODAY) is None


def test_pauses_are_added_before_the_weekend_is_looked_at() -> None:
    # 4 April 2027 is a Sunday: rolled first it would be the 5th and, with a day more, the 6th.
    pause = (Pause(asked_on=date(2027, 3, 8), answered_on=date(2027, 3, 9)),)
    assert of("2027-03-04", pauses=pause)[0] == date(2027, 4, 5)


def test_overlapping_questions_count_each_day_once_and_an_open_one_extends_day_by_day() -> None:
    start = date(2027, 3, 1)
    pauses = (
        Pause(asked_on=date(2027, 3, 5), answered_on=date(2027, 3, 15)),
        Pause(asked_on=date(2027, 3, 10), answered_on=date(2027, 3, 12)),
        Pause(asked_on=date(2027, 3, 14)),
    )
    assert [paused_days(pauses, start, date(2027, 3, day)) for day in (15, 20, 21)] == [10, 15, 16]


def test_a_leap_day_and_the_ends_of_months() -> None:
    assert of("2028-02-29")[0] == date(2028, 3, 29)
    assert of("2028-01-31")[0] == date(2028, 2, 29)
    assert of("2026-12-01")[0] == date(2027, 1, 4)


def test_nothing_is_computed_beyond_the_table_of_bank_holidays() -> None:
    with pytest.raises(BeyondTheTable, match="newer release"):
        of("2032-12-15")


def test_the_table_has_eight_days_a_year_and_none_on_a_weekend() -> None:
    years = Counter(day.year for day in ENGLAND_AND_WALES.days)
    assert {year: count for year, count in years.items() if count != 8} == {2022: 10, 2023: 9}
    assert [day for day in ENGLAND_AND_WALES.days if day.weekday() > 4] == []
    for year in years:
        good_friday, monday = _easter(year) - timedelta(days=2), _easter(year) + timedelta(days=1)
        assert {good_friday, monday} <= ENGLAND_AND_WALES.days


def _easter(year: int) -> date:
    """Return Easter Sunday (Meeus, "Astronomical Algorithms", chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return date(year, month, (h - m + r + month + 19) % 32)


days = st.dates(date(2025, 1, 1), date(2030, 12, 31))
pauses = st.builds(
    lambda asked, length: Pause(asked_on=asked, answered_on=None if length is None else asked + timedelta(days=length)),
    days,
    st.none() | st.integers(0, 60),
)


@given(days, st.lists(pauses, max_size=4), pauses, st.booleans())
def test_another_question_never_shortens_a_deadline(
    received: date,
    some: list[Pause],
    more: Pause,
    extended: bool,  # noqa: FBT001 - drawn
) -> None:
    def found(known: list[Pause]) -> tuple[date, date]:
        facts = Facts(received_on=received, pauses=tuple(known), extended_on=received if extended else None)
        today = min(received + timedelta(days=20), date(2031, 1, 1))
        derived = deadlines(facts, PROMISE, ENGLAND_AND_WALES, today)
        assert derived
        assert derived.act_by <= derived.due_on <= min(derived.law_on, derived.promised_on)
        return derived.law_on, derived.promised_on

    before, after = found(some), found([*some, more])
    assert all(one <= other for one, other in zip(before, after, strict=True))


@given(days, st.sets(days, max_size=5))
def test_another_holiday_never_lengthens_the_promise(received: date, more: set[date]) -> None:
    facts = Facts(received_on=received)
    before = deadlines(facts, PROMISE, ENGLAND_AND_WALES, TODAY)
    after = deadlines(facts, PROMISE, ENGLAND_AND_WALES.with_days(more), TODAY)
    assert before
    assert after
    assert after.promised_on == before.promised_on
    assert after.law_on >= before.law_on
