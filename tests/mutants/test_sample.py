from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants.__main__ import share, table
from tests.mutants.choosing import Floor, Same, read_same, sample

NAMES = [f"steward.holds.cases.x_logged__mutmut_{number}" for number in range(500)]


def test_the_same_seed_takes_the_same_names_in_whatever_order_they_come() -> None:
    floor = Floor(killed=0.9, sample=200, seed=7)

    taken = sample(NAMES, floor)

    assert taken == sample(NAMES[::-1], floor)
    assert len(set(taken)) == 200
    assert set(taken) < set(NAMES)


def test_another_seed_takes_other_names() -> None:
    assert sample(NAMES, Floor(killed=0.9, sample=200, seed=7)) != sample(NAMES, Floor(killed=0.9, sample=200, seed=8))


def test_names_that_come_and_go_exchange_only_as_many_of_those_that_are_taken() -> None:
    floor = Floor(killed=0.9, sample=200, seed=7)
    fewer = [*NAMES[25:], "steward.holds.cases.x_new__mutmut_1"]

    taken, now_taken = set(sample(NAMES, floor)), set(sample(fewer, floor))

    assert taken - set(NAMES[:25]) <= now_taken


def test_fewer_names_than_the_sample_are_all_taken() -> None:
    assert sample(NAMES[:3], Floor(killed=0.9, sample=200, seed=7)) == NAMES[:3]


DIFF = """--- src/steward/holds/signals/fields.py
+++ src/steward/holds/signals/fields.py
@@ -1,3 +1,3 @@
 def closed(detail):
-    return text(detail, "case")
+    return text(detail, "CASE")
"""
READ = Same(within="steward.holds.signals.", line=r"text\(", casing=True, why="read in any casing")


@pytest.mark.parametrize(
    ("name", "diff", "same"),
    [
        ("steward.holds.signals.fields.x_closed__mutmut_1", DIFF, True),
        ("steward.holds.cases.x_closed__mutmut_1", DIFF, False),
        ("steward.holds.signals.fields.x_closed__mutmut_1", DIFF.replace('"CASE"', '"XXcaseXX"'), False),
        ("steward.holds.signals.fields.x_closed__mutmut_1", DIFF.replace("text(", "words("), False),
    ],
)
def test_a_change_that_changes_nothing_is_known_by_its_place_and_its_line(name: str, diff: str, same: bool) -> None:  # noqa: FBT001
    assert READ.covers(name, diff) == same


def test_every_change_that_changes_nothing_says_why() -> None:
    assert all(one.why for one in read_same())


def test_what_changes_nothing_counts_neither_way_and_an_endless_loop_is_noticed() -> None:
    counts = Counter({"killed": 6, "endless": 1, "survived": 2, "no test": 1, "equivalent": 30})

    assert share(counts) == pytest.approx(0.7)
    assert share(Counter({"equivalent": 3})) == 1.0


def test_the_table_has_a_line_for_each_room_and_a_column_for_each_verdict() -> None:
    shown = table(
        {
            "steward.holds.cases.x_logged__mutmut_1": "killed",
            "steward.holds.cases.x_logged__mutmut_2": "survived",
            "steward.payments.model.x_answer__mutmut_1": "killed",
        }
    )

    assert [line.split() for line in shown] == [
        ["room", "killed", "survived", "noticed"],
        ["holds", "1", "1", "50.0%"],
        ["payments", "1", "0", "100.0%"],
    ]
