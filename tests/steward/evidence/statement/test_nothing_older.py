"""What makes the first sentence of a statement false: that nothing older than the policy is held."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.evidence.desk import ALL_TRUE, FRESH, NOW, Desk, values
from tests.support.evidence.inventories import (
    listed,
)


def test_what_is_overdue_makes_the_first_sentence_false_and_is_listed_for_few() -> None:
    desk = Desk()
    desk.recordings(FRESH, listed(key="old/c1.wav", modified=datetime(2026, 7, 1, tzinfo=UTC)))
    said = desk.said()

    assert values(said)["nothing_older"] is False
    assert said["propositions"]["nothing_older"]["because"] == ["1 object is older than the policy"]
    assert [(one["kind"], one["key"]) for one in desk.exceptions(said)] == [("overdue", "old/c1.wav")]
    page = next(body for key, body in desk.shelf.kept.items() if key.endswith(".html"))
    assert b"c1.wav" not in page
    assert "c1" not in json.dumps(said)


def test_an_exception_outweighs_what_could_not_be_shown() -> None:
    desk = Desk()
    desk.recordings(listed(key="x", modified=datetime(2026, 7, 1, tzinfo=UTC)))
    desk.stores.uploads = {}
    desk.registers.found = [None]
    said = desk.said()

    assert values(said)["nothing_older"] is False
    assert "1 rows of the register could not be read" in said["propositions"]["nothing_older"]["because"]


def test_what_is_listed_and_gone_when_s3_is_asked_is_no_exception() -> None:
    desk = Desk()
    desk.recordings(listed(key="x", modified=datetime(2026, 7, 1, tzinfo=UTC)))
    desk.stores.now = {("x", "v1"): None}

    assert values(desk.said()) == ALL_TRUE


def test_when_s3_cannot_be_asked_again_the_exception_stands_and_says_so() -> None:
    desk = Desk()
    desk.recordings(listed(key="x", modified=datetime(2026, 7, 1, tzinfo=UTC)))
    desk.stores.denied = True
    said = desk.said()

    assert "could not be asked again" in desk.exceptions(said)[0]["why"]
    assert any("unfinished uploads" in one for one in said["propositions"]["nothing_older"]["because"])


def test_a_store_whose_rule_is_off_is_one_exception_and_asks_nothing() -> None:
    desk = Desk()
    desk.recordings(*[listed(key=f"x{n}", modified=datetime(2026, 1, 1, tzinfo=UTC)) for n in range(1200)])
    said = desk.said()

    assert [one["kind"] for one in desk.exceptions(said)] == ["store_not_enforced"]
    assert said["stores"][0]["overdue"] == 1200
    assert desk.stores.asked == []


@pytest.mark.parametrize(
    ("changes", "kind", "said_of_them"),
    [
        ({"legal_hold": True}, "held_unexplained", "1200 objects are locked, and no hold on the register says why"),
        (
            {"key": "a/2026/12/01/x", "modified": datetime(2027, 2, 1, tzinfo=UTC)},
            "restarted_age",
            "1200 objects were written anew after they were made, and S3 counts their age from then",
        ),
    ],
)
def test_more_of_a_kind_than_can_be_asked_about_are_one_exception_that_says_how_many(
    changes: dict[str, Any], kind: str, said_of_them: str
) -> None:
    desk = Desk()
    desk.recordings(*[listed(**{"key": "x", "version_id": f"v{n}", **changes}) for n in range(1200)])
    said = desk.said()

    assert [(one["kind"], one["number"], one["key"]) for one in desk.exceptions(said)] == [(kind, 1200, "")]
    assert said["propositions"]["nothing_older"]["because"] == [said_of_them]
    assert desk.stores.asked == []


def test_what_lost_its_lock_since_it_was_listed_is_overdue_if_it_is_old() -> None:
    desk = Desk()
    desk.recordings(listed(key="x", modified=datetime(2026, 7, 1, tzinfo=UTC), legal_hold=True))
    said = desk.said()

    assert [one["kind"] for one in desk.exceptions(said)] == ["overdue"]
    assert (said["stores"][0]["overdue"], said["stores"][0]["within"]) == (1, 0)


def test_an_upload_that_was_never_ended_is_older_than_the_policy() -> None:
    desk = Desk()
    desk.stores.uploads = {"recordings": [NOW - timedelta(days=8), NOW - timedelta(days=2)]}
    said = desk.said()

    assert values(said)["nothing_older"] is False
    assert said["stores"][0]["unfinished_uploads"] == 2
    assert len(desk.exceptions(said)) == 1
