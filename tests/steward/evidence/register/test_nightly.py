"""The register of a night: what its page has, that it is made once, and when somebody is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from steward.decisions.book import Outcome, Row
from steward.decisions.people import Person
from steward.evidence.statement.register import Entry
from steward.failures import AccessDenied, Unavailable
from steward.holds.register import HoldStatus, MissingArtefact
from steward.ids import RecordClass
from tests.support.evidence.desk import NoMail, held_contact
from tests.support.evidence.inventories import MadeUpRegisters, ToldOfficer
from tests.support.evidence.nights import Desk, MadeUpDecisions
from tests.support.reading_html import problems

MISSING = MissingArtefact(record_class=RecordClass.SCREEN_RECORDING, source_key="x", why="not found")
ASKED = Row(
    subject="release",
    id="C-1",
    number=1,
    call_id="r1",
    at=datetime(2027, 2, 27, 9, tzinfo=UTC),
    by=Person(role="release-officer", name="ann"),
    decision="request",
    outcome=Outcome.ASKED,
    why="withdrawn",
)


def test_every_hold_in_force_is_there_with_its_state_reason_end_and_what_is_missing() -> None:
    desk = Desk()
    desk.registers.found = [
        held_contact(status=HoldStatus.PARTIAL, missing=(MISSING,)),
        held_contact(case="C-0", status=HoldStatus.RELEASED),
    ]
    page, plain = desk.written()

    [line] = plain["holds"]
    assert (line["case"], line["contact_id"], line["state"], line["copies"]) == ("C-1", "c1", "partial", 1)
    assert (line["until"], line["missing"]) == ("2028-08-10T00:00:00Z", ["screen recording: not found"])
    assert "✗ Something needs somebody." in page
    assert "screen recording: not found" in page
    assert problems(page.encode()) == []


def test_what_nobody_decided_yet_waits_and_what_somebody_did_does_not() -> None:
    other = replace(ASKED, id="C-2")
    bob = Person(role="release-approver", name="bob")
    approved = replace(other, number=2, call_id="r2", decision="approve", outcome=Outcome.DECIDED, by=bob)
    desk = Desk()
    desk.decisions.found = [ASKED, other, approved]
    page, plain = desk.written()

    assert [(one["reference"], one["asked_by"], one["why"]) for one in plain["waiting"]] == [
        ("C-1", "release-officer/ann", "withdrawn")
    ]
    assert "1 decision waiting." in page


def test_disposals_of_this_month_are_counted_by_store_and_cause() -> None:
    march = datetime(2027, 3, 1, 3, tzinfo=UTC)
    entry = Entry(bucket="holds", key="k", version_id="1", planned_at=march, confirmed_at=march, cause="hold_ended")
    early = march - timedelta(days=2)
    desk = Desk()
    desk.registers.found = [
        entry,
        Entry(bucket="holds", key="k", version_id="2", planned_at=march, cause="hold_ended"),
        Entry(bucket="holds", key="k", version_id="3", confirmed_at=march),
        Entry(bucket="recordings", key="k", version_id="4", planned_at=early, confirmed_at=early, cause="erasure"),
    ]

    assert desk.written()[1]["disposals"] == [
        {"store": "legal_hold", "cause": "hold_ended", "announced": 2, "confirmed": 1},
        {"store": "legal_hold", "cause": "unannounced", "announced": 0, "confirmed": 1},
    ]


def test_a_row_that_cannot_be_read_is_counted_and_stops_nothing() -> None:
    desk = Desk()
    desk.registers.found = [None, held_contact()]
    desk.decisions.found = [None, ASKED]
    page, plain = desk.written()

    assert (plain["unread"], len(plain["holds"]), len(plain["waiting"])) == (2, 1, 1)
    assert "2 rows could not be read" in page


def test_one_night_has_one_page_however_often_it_is_written() -> None:
    desk = Desk()
    desk.registers.found = [held_contact()]
    desk.written()
    kept = dict(desk.shelf.kept)
    desk.registers.found = []
    desk.at += timedelta(minutes=5)
    desk.written()

    assert desk.shelf.kept == kept
    assert len(desk.officer.mails) == 1


def test_the_officer_is_told_in_counts_and_where_the_page_is_and_of_no_case_or_contact() -> None:
    desk = Desk()
    desk.registers.found = [held_contact()]
    desk.decisions.found = [ASKED]
    key = desk.nights.write()

    [(subject, lines)] = desk.officer.mails
    assert subject == "Register 2027-03-01: holds 1, not whole 0, decisions that wait 1"
    assert lines[-1] == f"The page lies in the evidence store under {key}."
    assert not [one for one in (subject, *lines) if "C-1" in one or "c1" in one or "ann" in one.split()]


def test_the_officer_is_told_again_only_when_the_counts_are_others() -> None:
    desk = Desk()
    for found, mails in (([], 0), ([held_contact()], 1), ([held_contact()], 1), ([], 2)):
        desk.registers.found = list(found)
        desk.nights.write()
        assert len(desk.officer.mails) == mails
        desk.at += timedelta(days=1)


def test_a_mail_that_failed_is_sent_by_the_next_run_and_by_the_next_night() -> None:
    desk = Desk(officer=NoMail())
    desk.registers.found = [held_contact()]
    with pytest.raises(Unavailable):
        desk.nights.write()
    with pytest.raises(Unavailable):
        desk.nights.write()

    desk.officer = ToldOfficer()
    desk.at += timedelta(days=1)
    desk.nights.write()
    assert len(desk.officer.mails) == 1


def test_a_register_that_cannot_be_read_writes_no_page_that_would_look_empty() -> None:
    for desk in (Desk(registers=MadeUpRegisters(denied=True)), Desk(decisions=MadeUpDecisions(denied=True))):
        with pytest.raises(AccessDenied):
            desk.nights.write()
        assert desk.shelf.kept == {}


def test_a_night_is_londons() -> None:
    desk = Desk(at=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))

    assert desk.nights.write().startswith("register/2027-07-01/")
