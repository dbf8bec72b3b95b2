"""What came and what left, counted without an order and without a database."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from steward.evidence.statement.population import Population, mark_of
from tests.support.evidence.inventories import listed

names = st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("1234")), max_size=24)


def population(found: set[tuple[str, str]]) -> Population:
    made = Population()
    versions = (listed(key=key, version_id=version) for key, version in found)
    assert sum(1 for _ in made.passing(versions)) == len(found)
    return made


@given(names, names)
def test_two_counts_differ_by_what_came_and_what_left(
    before: set[tuple[str, str]], after: set[tuple[str, str]]
) -> None:
    then, now = population(before), population(after)

    assert set(then.without(now)) == {mark_of(*one) for one in before - after}
    assert set(now.without(then)) == {mark_of(*one) for one in after - before}
    assert len(then) + len(after - before) - len(before - after) == len(now)


def test_a_delete_marker_is_nobody() -> None:
    made = Population()
    list(made.passing([listed(is_marker=True)]))

    assert len(made) == 0
