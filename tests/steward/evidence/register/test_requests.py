"""Open requests on the register of a night: their dates, and that what cannot be read is never none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from steward.evidence.adapters.requests import AgendaOfRequests
from steward.evidence.register.requests import Deadlines
from steward.failures import AccessDenied
from steward.rights.clock.deadlines import Promise
from steward.rights.requests import Closing, Identity, Match, RequestId, Right, SubjectRequest, Verdict
from tests.support.evidence.desk import held_contact
from tests.support.evidence.nights import Desk
from tests.support.reading_html import problems


@dataclass
class MadeUpRequests:
    """The agenda of requests."""

    found: list[SubjectRequest | None] = field(default_factory=list)
    denied: bool = False

    def unfinished(self) -> Iterator[SubjectRequest | None]:
        """Return what is on it."""
        yield from self.found
        if self.denied:
            raise AccessDenied("dynamodb.Query", "AccessDeniedException")


def asked(name: str, received_on: date, **changes: Any) -> SubjectRequest:  # noqa: ANN401 - fields by name
    fields: dict[str, Any] = {
        "right": Right.ACCESS,
        "opened_at": datetime(2027, 1, 5, tzinfo=UTC),
        "opened_by": "olive",
        "identity": Identity(needed=False),
    }
    return SubjectRequest(id=RequestId(name), received_on=received_on, **{**fields, **changes})


def desk(*found: SubjectRequest | None, denied: bool = False) -> Desk:
    """Return a council that promised thirty days, on the first of March 2027."""
    requests = MadeUpRequests(found=list(found), denied=denied)
    return Desk(deadlines=Deadlines(requests=requests, promise=Promise(days=30)))


def test_an_open_request_has_the_dates_of_the_law_and_of_the_promise_and_what_is_due_first_comes_first() -> None:
    page, plain = desk(
        # UK GDPR Article 12(3) and the Commissioner's counting: the same date of the next month, and on to a working
        # day (20 February and 13 March 2027 are Saturdays).
        asked("SAR-2", date(2027, 2, 13)),
        asked("SAR-1", date(2027, 1, 20)),
        asked("SAR-3", date(2027, 1, 4), identity=Identity(needed=True, asked_on=date(2027, 1, 4))),
    ).written()

    assert plain["requests"]["lines"] == [
        {
            "request": "SAR-1",
            "right": "access",
            "received_on": "2027-01-20",
            "law_on": "2027-02-22",
            "promised_on": "2027-02-19",
            "overdue": True,
        },
        {
            "request": "SAR-2",
            "right": "access",
            "received_on": "2027-02-13",
            "law_on": "2027-03-15",
            "promised_on": "2027-03-15",
            "overdue": False,
        },
        {
            "request": "SAR-3",
            "right": "access",
            "received_on": "2027-01-04",
            "law_on": None,
            "promised_on": None,
            "overdue": False,
        },
    ]
    assert "1 request overdue." in page
    assert page.count("✗ overdue") == 1
    assert "waits for the person" in page
    assert problems(page.encode()) == []


def test_nothing_of_the_person_or_of_who_opened_the_request_is_on_the_page() -> None:
    match = Match(contact_id=held_contact().contact_id, verdict=Verdict.CONFIRMED, by="mary")
    page, plain = desk(asked("SAR-1", date(2027, 2, 13), intake_key="intake/SAR-1.json", matches=(match,))).written()

    for word in ("olive", "intake", "mary", "c1"):
        assert word not in page
        assert word not in str(plain)


def test_a_request_that_is_closed_and_waits_to_be_cleared_is_not_open() -> None:
    closing = Closing(on=date(2027, 2, 20), outcome="answered")
    page, plain = desk(asked("SAR-1", date(2027, 2, 13), closing=closing)).written()

    assert plain["requests"]["lines"] == []
    assert "None is open." in page


def test_requests_that_cannot_be_read_are_not_shown_and_never_none_and_the_holds_are_there_all_the_same() -> None:
    night = desk(asked("SAR-1", date(2027, 2, 13)), denied=True)
    night.registers.found = [held_contact()]
    page, plain = night.written()

    assert plain["requests"] == {"lines": [], "unread": 0, "not_shown": "AccessDeniedException"}
    assert "? Not shown: they could not be read (AccessDeniedException)." in page
    assert "None is open." not in page
    assert "✗ Something needs somebody." in page
    assert len(plain["holds"]) == 1
    [(_, lines)] = night.officer.mails
    assert "requests of people that are open: not shown" in lines
    assert "of which overdue: not shown" in lines


def test_a_row_that_cannot_be_read_and_one_beyond_the_table_of_bank_holidays_are_counted() -> None:
    page, plain = desk(None, asked("SAR-1", date(2027, 2, 13)), asked("SAR-9", date(2099, 1, 5))).written()

    assert [one["request"] for one in plain["requests"]["lines"]] == ["SAR-1"]
    assert (plain["requests"]["unread"], plain["unread"]) == (2, 2)
    assert "2 rows could not be read" in page


def test_without_a_section_about_requests_the_page_says_so_and_an_empty_register_sends_no_mail() -> None:
    night = Desk()
    page, plain = night.written()

    assert plain["requests"] is None
    assert "The policy has no section about them." in page
    assert night.officer.mails == []


def test_no_open_request_sends_no_mail_and_one_sends_its_count_and_not_its_reference() -> None:
    quiet = desk()
    quiet.nights.write()
    assert quiet.officer.mails == []

    night = desk(asked("SAR-1", date(2027, 1, 20)))
    night.nights.write()
    [(subject, lines)] = night.officer.mails
    assert "requests of people that are open: 1" in lines
    assert "of which overdue: 1" in lines
    assert not [one for one in (subject, *lines) if "SAR-1" in one]


def test_a_function_that_was_not_told_of_the_table_shows_nothing_and_never_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-2")
    untold = Deadlines(requests=AgendaOfRequests(""), promise=Promise(days=30))

    assert untold.on(date(2027, 3, 1)).not_shown
