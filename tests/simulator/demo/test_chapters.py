"""The demo tells a story in few lines, whatever steward does by itself each night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from simulator.demo.chapters import entries, own_papers
from simulator.demo.expectations import END, Evidence
from simulator.demo.tell import tell
from simulator.scenarios.results.shapes import Disposal, State
from simulator.scenarios.results.timeline import Happening
from tests.end_to_end.conftest import BARNET

NIGHT = datetime(2027, 2, 1, tzinfo=UTC)


def evidence(disposals: list[Disposal], timeline: list[Happening]) -> Evidence:
    end = State(
        now=END,
        policy="barnet",
        stores={},
        holds=[],
        disposals=disposals,
        messages=[],
        consents=[],
        recordings=[],
        payments=[],
        notifications=[],
        dead_letters=[],
        decisions=[],
        unmatched=[],
        requests=[],
        disclosures=[],
        erasures=[],
        statements=[],
        findings=[],
        responses=[],
        calls={},
    )
    return Evidence(states={END: end}, timeline=timeline)


def went(store: str, key: str, after: int = 0) -> Disposal:
    return Disposal(at=NIGHT + timedelta(days=after), store=store, key=key, version_id="v", cause="lifecycle")


def told(subject: str, after: int) -> Happening:
    return Happening(
        at=NIGHT + timedelta(days=after),
        kind="notification",
        text="",
        details={"topic": "x-DataProtectionTopic-y", "subject": subject},
    )


def test_pages_that_each_night_writes_anew_are_counted_and_called_no_contact_records() -> None:
    """Every night of two years stood there as "1 file of the month's contact records", a thousand lines in all."""
    pages = [went("rights", "register/requests.html", after) for after in range(30)]
    counts = [
        went("evidence", "exceptions/2027-01/exceptions-e3b0.jsonl"),
        went("evidence", "register/2027-01-05/r.html"),
    ]
    records = [
        went("contact_record", "contact-records/year=2027/month=01/a"),
        went("contact_record", "contact-records/b"),
    ]
    found = evidence([*pages, *counts, *records], [])
    assert [entry.text for entry in entries(found)] == [
        "Deleted for good: 2 files of the month's contact records; its period is over."
    ]
    assert own_papers(found) == 32


def test_what_is_told_again_of_a_later_day_is_one_line_and_whatever_differs_its_own() -> None:
    rows = [
        told("Retention statement 2027-01: all shown", 0),
        told("Retention statement 2027-02: 0 not true, 1 not shown", 28),
        told("Retention statement 2027-03: all shown", 59),
        told("Register 2027-04-02: holds 2", 60),
        told("Register 2027-05-09: holds 2", 97),
        told("Register 2027-06-09: holds 1", 128),
        told("Hold ends within 7 days: case CMP-2027-0412", 130),
        told("Hold ends within 7 days: case CMP-2028-0412", 131),
    ]
    assert [entry.text.partition(" is told: ")[2] for entry in entries(evidence([], rows))] == [
        "Retention statement 2027-01: all shown; told again on 1 later day.",
        "Retention statement 2027-02: 0 not true, 1 not shown.",
        "Register 2027-04-02: holds 2; told again on 1 later day.",
        "Register 2027-06-09: holds 1.",
        "Hold ends within 7 days: case CMP-2027-0412.",
        "Hold ends within 7 days: case CMP-2028-0412.",
    ]


@pytest.mark.prove
def test_the_story_of_two_years_and_two_months_is_read_on_one_page() -> None:
    assert 20 < len(entries(tell(BARNET))) < 40
