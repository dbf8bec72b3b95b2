"""Dates as people type them and as Connect may answer them.

``DateTimeValue`` of an evaluation's answer is a string without a documented form (Amazon Connect API reference,
"EvaluationAnswerData").
"""

from __future__ import annotations

from datetime import date

import pytest

from steward.holds.requests import BadRequest, calendar_date

TODAY = date(2027, 6, 1)


@pytest.mark.parametrize(
    ("given", "means"),
    [
        ("2027-05-03", date(2027, 5, 3)),
        (" 2027-05-03 ", date(2027, 5, 3)),
        ("2027-05-03T10:00", date(2027, 5, 3)),
        ("2027-05-03T23:59:59", date(2027, 5, 3)),
        ("2027-05-03T22:30:00Z", date(2027, 5, 3)),
        # In summer London is an hour ahead of UTC.
        ("2027-05-03T23:30:00Z", date(2027, 5, 4)),
        ("2027-05-03T01:30:00+02:00", date(2027, 5, 3)),
        ("1809338400", date(2027, 5, 3)),
        ("1809338400000", date(2027, 5, 3)),
    ],
)
def test_a_date_is_read_in_whatever_way_connect_or_a_person_writes_it(given: str, means: date) -> None:
    assert calendar_date(given, "received_on", TODAY) == means


@pytest.mark.parametrize(
    "given", ["03/05/2027", "3 May", "2027-13-01", "2027-05-03T25:00", "1.8e9", "soon", "2027-06-02"]
)
def test_what_is_no_date_or_has_not_come_is_refused_by_its_field(given: str) -> None:
    with pytest.raises(BadRequest) as refused:
        calendar_date(given, "received_on", TODAY)
    assert refused.value.field == "received_on"
