"""A benchmark that is worse than before is told; one that is merely slower today is not."""

from __future__ import annotations

import pytest

from bench.figures import Figure, Kind, regressions


def figure(value: float, kind: Kind, bound: float | None = None) -> Figure:
    return Figure("calls", "pause", value, kind, bound)


@pytest.mark.parametrize("value", [5, 7])
def test_a_count_that_differs_from_the_baseline_is_told_whichever_way(value: int) -> None:
    assert regressions([figure(value, Kind.COUNT)], {"calls: pause": 6}) == [
        f"calls: pause is {value}, and 6 in the baseline"
    ]


def test_a_count_that_the_baseline_does_not_know_is_told() -> None:
    assert regressions([figure(6, Kind.COUNT)], {}) == ["calls: pause is 6 and not in the baseline"]


def test_a_ratio_may_be_half_as_much_again() -> None:
    assert regressions([figure(1.5, Kind.RATIO)], {"calls: pause": 1.0}) == []
    assert len(regressions([figure(1.51, Kind.RATIO)], {"calls: pause": 1.0})) == 1


def test_a_time_of_this_machine_is_compared_with_nothing() -> None:
    assert regressions([figure(100.0, Kind.NOTE)], {"calls: pause": 1.0}) == []


def test_a_bound_is_kept_up_to_its_figure() -> None:
    assert [figure(value, Kind.COUNT, 6).is_met for value in (5, 6, 7)] == [True, True, False]
    assert figure(7, Kind.COUNT).is_met
