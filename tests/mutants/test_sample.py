from __future__ import annotations

from tests.mutants.__main__ import Floor, sample

NAMES = [f"steward.holds.cases.x_logged__mutmut_{number}" for number in range(500)]


def test_the_same_seed_takes_the_same_names_in_whatever_order_they_come() -> None:
    floor = Floor(killed=0.9, sample=200, seed=7)

    taken = sample(NAMES, floor)

    assert taken == sample(NAMES[::-1], floor)
    assert len(set(taken)) == 200
    assert set(taken) < set(NAMES)


def test_another_seed_takes_other_names() -> None:
    assert sample(NAMES, Floor(killed=0.9, sample=200, seed=7)) != sample(NAMES, Floor(killed=0.9, sample=200, seed=8))


def test_fewer_names_than_the_sample_are_all_taken() -> None:
    assert sample(NAMES[:3], Floor(killed=0.9, sample=200, seed=7)) == NAMES[:3]
