"""When a statement is made, of which month, by whom it is signed, and who is told."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from steward.evidence.statement.making import NotSealed
from steward.failures import Unavailable
from tests.support.evidence.desk import ALL_TRUE, FRESH, SCANNED, Desk, NoMail, NotYetSeen, RefusesToSign, values
from tests.support.evidence.inventories import (
    MadeUpShelf,
    ToldOfficer,
    listed,
)
from tests.support.signing import DeskSigner


def test_a_quiet_month_is_all_true_and_the_officer_is_told() -> None:
    desk = Desk()
    said = desk.said()

    assert values(said) == ALL_TRUE
    assert said["period"] == {"name": "2027-02", "from": "2027-02-01T00:00:00Z", "to": "2027-03-01T00:00:00Z"}
    (recordings, holds) = said["stores"]
    assert (recordings["versions"], recordings["within"], recordings["arrived"], recordings["left"]) == (1, 1, 1, 0)
    assert holds["versions"] == 0
    assert desk.officer.mails[0][0] == "Retention statement 2027-02: all shown"


def test_a_month_in_summer_begins_and_ends_at_midnight_in_london() -> None:
    desk = Desk(at=datetime(2027, 4, 1, 5, 0, tzinfo=UTC))
    scans = (SCANNED, datetime(2027, 4, 1, 1, tzinfo=UTC))
    desk.inventories.lists = {name: {scan: [] for scan in scans} for name in ("recordings", "holds")}

    assert desk.said()["period"] == {"name": "2027-03", "from": "2027-03-01T00:00:00Z", "to": "2027-03-31T23:00:00Z"}


def test_a_mail_that_fails_is_sent_the_next_day_with_what_the_statement_says() -> None:
    desk = Desk(officer=NoMail())
    desk.recordings(FRESH, listed(key="old/c1.wav", modified=datetime(2026, 7, 1, tzinfo=UTC)))
    made = desk.statements.make()
    with pytest.raises(Unavailable):
        desk.statements.tell(made)

    desk.officer = ToldOfficer()
    desk.at += timedelta(days=1)
    again = desk.statements.make()
    desk.statements.tell(again)

    assert (again.new, again.untrue, again.exceptions) == (False, made.untrue, made.exceptions) == (False, 1, 1)
    ((subject, lines),) = desk.officer.mails
    assert subject == "Retention statement 2027-02: 1 not true, 0 not shown"
    assert "- 1 object is older than the policy" in lines

    told = desk.statements.make()
    desk.statements.tell(told)
    assert (told.untrue, len(desk.officer.mails)) == (0, 1)


def test_each_statement_follows_the_one_before_and_counts_from_its_inventory() -> None:
    desk = Desk()
    first = desk.statements.make()
    desk.at = datetime(2027, 4, 1, 5, 0, tzinfo=UTC)
    april = datetime(2027, 4, 1, 1, tzinfo=UTC)
    for lists in desk.inventories.lists.values():
        lists[april] = []
    second = desk.statements.make()
    envelope = json.loads(desk.shelf.kept[second.key])

    assert envelope["previous"] == {
        "key": first.key,
        "sha256": hashlib.sha256(desk.shelf.kept[first.key]).hexdigest(),
    }
    assert desk.read(second.key)["stores"][0]["inventory_before"]["scanned_from"] == "2027-03-01T01:00:00Z"


def test_an_inventory_of_the_last_statement_that_is_gone_is_said_to_be() -> None:
    desk = Desk()
    desk.statements.make()
    desk.at = datetime(2027, 4, 1, 5, 0, tzinfo=UTC)
    desk.inventories.lists = {name: {datetime(2027, 4, 1, 1, tzinfo=UTC): []} for name in ("recordings", "holds")}

    assert values(desk.said())["disposals_proven"] == "not_shown"


def test_a_gap_in_the_chain_is_visible() -> None:
    desk = Desk()
    desk.statements.make()
    desk.at = datetime(2027, 5, 1, 5, 0, tzinfo=UTC)
    made = desk.statements.make()

    assert json.loads(desk.shelf.kept[made.key])["previous"]["gap"] == "there is no statement of 2027-03"


def test_one_month_has_one_statement_however_often_it_is_asked_for() -> None:
    desk = Desk()
    first = desk.statements.make()
    desk.statements.tell(first)
    kept = dict(desk.shelf.kept)
    desk.at += timedelta(hours=1)
    again = desk.statements.make()
    desk.statements.tell(again)

    assert (first.new, again.new, again.key) == (True, False, first.key)
    assert desk.shelf.kept == kept
    assert len(desk.officer.mails) == 1


def test_two_runs_at_once_make_one_envelope_and_one_mail() -> None:
    desk = Desk()
    other = Desk(shelf=MadeUpShelf())
    made = other.statements.make()
    racing = NotYetSeen(dict(other.shelf.kept))
    desk.shelf = racing

    lost = desk.statements.make()
    desk.statements.tell(lost)
    assert lost.new is False
    assert desk.officer.mails == []
    assert racing.kept[made.key] == other.shelf.kept[made.key]


def test_what_cannot_be_signed_is_a_draft_and_is_made_the_next_day() -> None:
    desk = Desk(signer=RefusesToSign())
    with pytest.raises(NotSealed, match="draft"):
        desk.statements.make()
    assert desk.officer.mails == []
    assert not [key for key in desk.shelf.kept if key.endswith("envelope.json")]

    desk.signer = DeskSigner()
    desk.at += timedelta(days=1)

    assert desk.statements.make().new


def test_the_first_statement_is_not_of_a_month_that_was_over_before_anything_was_counted() -> None:
    desk = Desk(at=datetime(2027, 3, 2, 6, 0, tzinfo=UTC))
    desk.inventories.lists = {name: {SCANNED: []} for name in ("recordings", "holds")}

    assert (desk.statements.make().new, desk.shelf.kept) == (False, {})


def test_a_statement_that_was_missed_is_made_up_for_on_any_day() -> None:
    desk = Desk()
    desk.statements.make()
    desk.at = datetime(2027, 4, 9, 5, 0, tzinfo=UTC)

    assert desk.statements.make().key == "statements/2027-03/envelope.json"


def test_one_that_is_asked_for_is_of_the_month_so_far_and_no_link_of_the_chain() -> None:
    desk = Desk()
    first = desk.statements.make()
    desk.at = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)
    for lists in desk.inventories.lists.values():
        lists[datetime(2027, 3, 10, 1, tzinfo=UTC)] = []
    asked = desk.statements.make(on_demand=True)

    assert asked.key == "statements/on-demand/2027-03-10T090000Z/envelope.json"
    assert desk.shelf.newest() is not None
    assert json.loads(desk.shelf.kept[asked.key])["previous"]["key"] == first.key
    assert desk.read(asked.key)["period"]["from"] == "2027-03-01T00:00:00Z"
