"""Flags as people and systems really make them: each good contact is held, and what could not be used is told.

All of them live in one world; each has a case and contacts of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.shapes import HoldState, State
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import Line, call, decide, logged, moment, own_event, recording_key, wait

START = "2027-01-05T09:00:00"
RECEIVED = "2027-01-08"
END = date(2028, 7, 8)


def contact(number: int) -> str:
    return f"0000abc0-4000-4000-8000-{number:012d}"


def attributes(number: int, at: str, updated: str = "2027-01-05T09:05:00Z", **named: object) -> Line:
    """Return the contact's record with attributes; it arrives at that moment."""
    record = {
        "AWSContactTraceRecordFormatVersion": "2017-03-10",
        "ContactId": contact(number),
        "InstanceARN": "{instance_arn}",
        "Channel": "VOICE",
        "InitiationTimestamp": moment(START).isoformat(),
        "LastUpdateTimestamp": updated,
        "Attributes": named,
    }
    return {"at": moment(at).isoformat(), "record": record}


def form(number: int, at: str, **answers: object) -> list[Line]:
    """Return a complaint form that somebody submits about the contact, and the rule that it meets."""
    at = moment(at).isoformat()
    submitted = {"EvaluationId": f"e-{number}-{at}", "Form": "Complaint", "Status": "SUBMITTED", "Answers": answers}
    matched = {"version": "1.0", "ruleName": "complaint", "contactArn": f"{{instance_arn}}/contact/{contact(number)}"}
    event = {"source": "aws.connect", "detail-type": "Contact Lens Evaluation Rules Matched", "detail": matched}
    return [{"at": at, "contact": {"Id": contact(number), "Evaluations": [submitted]}}, {"at": at, "event": event}]


def object_tags(number: int, at: str, **keys: str) -> Line:
    tags = {f"complaint_{name}": value for name, value in keys.items()}
    tagged = {"store": "call_recording", "key": recording_key(contact(number), START), "tags": tags}
    return {"at": moment(at).isoformat(), "tag_object": tagged}


def closed(at: str, case: str, on: str) -> Line:
    return own_event(at, "Complaint Closed", {"case": case, "closed_on": on, "requested_by": "officer.1"})


def hold_released(at: str, case: str, **fields: object) -> Line:
    stated = {"case": case, "why": "x", "requested_by": "a", "approved_by": "b", **fields}
    return own_event(at, "Hold Released", stated)


PAGE = f"https://barnet.my.connect.aws/contact-trace-records/details/{contact(26)}"
FILE = "f0000000-0000-4000-8000-000000000021"
ATTACHMENT = f"connect/barnet/Attachments/chat/2027/01/05/{FILE}_{contact(99)}_20270105T09:14_UTC.pdf"
KNOWN = {"complaint_received": "2027-01-04"}
USED = (*range(1, 8), *range(21, 36), *range(41, 45), 49, *range(51, 56))
CALLS = [line for number in USED for line in call(contact(number), START)]

STORY: list[Line] = [
    *sorted(CALLS, key=lambda line: str(line["at"])),
    {"at": "2027-01-05T09:30:00Z", "object": {"store": "attachment", "key": ATTACHMENT, "bytes": 1000}},
    # Attributes as flows and scripts set them.
    attributes(1, "2027-01-08T10:00:00", complaint_received=RECEIVED),
    attributes(2, "2027-01-08T10:01:00", Complaint_Reference="A-2"),
    attributes(3, "2027-01-08T10:02:00", complaint_reference="A-3", complaint_received="12/01/2027"),
    attributes(4, "2027-01-08T10:03:00", complaint_reference="A-4", **KNOWN, complaint_stage="Stage 1"),
    attributes(5, "2027-01-08T10:04:00", complaint_reference=12345, **KNOWN, complaint_stage=1),
    attributes(6, "2027-01-08T10:05:00", complaint_reference="A-6", complaint_received="2027-01-06"),
    attributes(7, "2027-01-08T10:06:00", complaint_reference="A-7", **KNOWN, notes="x" * 5000),
    # What a case-management system sends.
    logged("2027-01-08T11:00:00", "B-1", [contact(21).upper()], received_on=RECEIVED),
    logged("2027-01-08T11:01:00", "B-2", [contact(22)], received_on="01/02/2027"),
    logged("2027-01-08T11:02:00", "B-3", [contact(23)], received_on=RECEIVED, stage="Stage 2"),
    logged("2027-01-08T11:03:00", "FS\N{EN DASH}Case\N{EN DASH}1234 & 5678", [contact(24)], received_on=RECEIVED),
    logged("2027-01-08T11:04:00", "B-5", [PAGE, contact(25), "not one"], received_on=RECEIVED),
    logged("2027-01-08T11:05:00", "B-6", [f"{{instance_arn}}/contact/{contact(27)}"], received_on=RECEIVED),
    logged("2027-01-08T11:06:00", "B-7", [contact(28)], received_on="2027-01-09"),
    logged("2027-01-08T11:07:00", "B-8", [contact(29)], received_on="2025-02-01"),
    logged("2027-01-08T11:08:00", "B-9", [contact(30)], received_on=RECEIVED),
    logged("2027-01-08T11:09:00", "B-9", [contact(30)], received_on=RECEIVED, reason="legal_claim"),
    # The form's answers, whose shape Connect does not document.
    *form(31, "2027-01-08T12:00:00", reference="C-1", received_on={"DateTimeValue": "2027-01-08T00:00:00"}, stage="1"),
    *form(32, "2027-01-08T12:01:00", reference="C-2", received_on={"DateTimeValue": "2027-01-08T00:00:00.000Z"}),
    *form(33, "2027-01-08T12:02:00", reference="C-3", received_on={"DateTimeValue": "2027-01-08"}, stage="1"),
    *form(34, "2027-01-08T12:03:00", reference="C-4", received_on={"DateTimeValue": "02/01/2027 00:00"}, stage="1"),
    *form(35, "2027-01-08T12:04:00", reference={"NumericValue": 1002742}, received_on=RECEIVED, stage="1"),
    # An attachment, whose name begins with the id of a file.
    {
        "at": "2027-01-08T12:30:00Z",
        "tag_object": {"store": "attachment", "key": ATTACHMENT, "tags": {"complaint_reference": "C-9"}},
    },
    # Cases that are closed and then flagged at stage two, in four ways.
    *(
        logged("2027-01-08T13:00:00", f"D-{number}", [contact(number)], received_on=RECEIVED)
        for number in range(41, 45)
    ),
    logged("2027-01-08T13:10:00", "D-9", [contact(49)], received_on=RECEIVED),
    *(closed("2027-01-09T10:00:00", f"D-{number}", "2027-01-09") for number in range(41, 45)),
    closed("2027-01-09T10:10:00", "D-9", "2027-01-07"),
    # Releases that are none.
    *(logged("2027-01-09T12:00:00", f"E-{n}", [contact(n)], received_on=RECEIVED) for n in range(51, 56)),
    hold_released("2027-01-09T13:00:00", "E-51", contact_ids=[]),
    hold_released("2027-01-09T13:01:00", "e-52"),
    hold_released("2027-01-09T13:02:00", "E-53", contact_ids=[contact(54)]),
    hold_released("2027-01-09T13:03:00", "E-54", requested_by="", approved_by="b"),
    decide("2027-01-09T14:00:00", "release-officer/ann", "release", "E-55", "request", why="x"),
    *(
        decide(f"2027-01-09T14:{10 + number}:00", f"release-approver/{name}", "release", "E-55", "approve")
        for number, name in enumerate(("ann", "ANN", "a.n.n", "a-n-n", "ann@council.example"))
    ),
    logged("2027-01-10T10:00:00", "D-41", [contact(41)], received_on=RECEIVED, stage="2"),
    attributes(
        42,
        "2027-01-10T10:01:00",
        updated="2027-01-10T10:00:30Z",
        complaint_reference="D-42",
        complaint_received=RECEIVED,
        complaint_stage="2",
    ),
    *form(43, "2027-01-10T10:02:00", reference="D-43", received_on=RECEIVED, stage="2"),
    object_tags(44, "2027-01-10T10:03:00", reference="D-44", received=RECEIVED, stage="2"),
    wait("2027-01-11T10:00:00"),
]


@dataclass(frozen=True)
class Outcome:
    state: State
    told: list[tuple[str, str]]

    def hold(self, number: int) -> HoldState:
        [found] = [one for one in self.state.holds if one.contact_id == contact(number)]
        return found

    def about(self, case: str) -> list[tuple[str, str]]:
        return [(subject, message) for subject, message in self.told if subject.endswith(case)]


@pytest.fixture(scope="module")
def outcome(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    path = tmp_path_factory.mktemp("reported") / "story.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in STORY))
    story = read_scenario(path)
    with Replay.start(story, file=path, policy=BARNET, assembly=assembly) as running:
        running.run_until(story[-1].at)
        told = [
            (str(notice.subject), str(notice.message))
            for notice in running.world.notifications
            if not str(notice.subject).startswith("Register 2")
        ]
        return Outcome(running.outcome().state, told)


def stated(hold: HoldState) -> tuple[Any, ...]:
    return hold.case, hold.status, hold.received_on, hold.received_on_assumed


CALL_DAY, FLAG_DAY = date(2027, 1, 5), date(2027, 1, 8)


@pytest.mark.parametrize(
    ("number", "case", "received", "assumed", "field"),
    [
        (2, "A-2", CALL_DAY, True, "complaint_received"),
        (3, "A-3", CALL_DAY, True, "complaint_received"),
        (4, "A-4", date(2027, 1, 4), False, "complaint_stage"),
        (5, "12345", date(2027, 1, 4), False, None),
        (6, "A-6", date(2027, 1, 6), False, None),
        (7, "A-7", date(2027, 1, 4), False, None),
        (21, "B-1", FLAG_DAY, False, None),
        (22, "B-2", FLAG_DAY, True, "received_on"),
        (23, "B-3", FLAG_DAY, False, "stage"),
        (25, "B-5", FLAG_DAY, False, "contact_ids"),
        (26, "B-5", FLAG_DAY, False, "contact_ids"),
        (27, "B-6", FLAG_DAY, False, None),
        (28, "B-7", FLAG_DAY, True, "received_on"),
        (29, "B-8", FLAG_DAY, True, "received_on"),
        (31, "C-1", FLAG_DAY, False, None),
        (32, "C-2", FLAG_DAY, False, None),
        (33, "C-3", FLAG_DAY, False, None),
        (34, "C-4", FLAG_DAY, True, "received_on"),
        (35, "1002742", FLAG_DAY, False, None),
    ],
)
def test_a_contact_is_held_however_it_was_flagged_and_what_could_not_be_used_is_told_by_its_field(
    outcome: Outcome, number: int, case: str, received: date, *, assumed: bool, field: str | None
) -> None:
    hold = outcome.hold(number)
    assert stated(hold) == (case, "held", received, assumed)
    assert [artefact.record_class for artefact in hold.artefacts].count("call_recording") == 1
    told = outcome.about(f"case {case}")
    assert [subject for subject, _ in told] == ([f"Please check a flag: case {case}"] if field else [])
    assert all(f"{field}: " in message for _, message in told)


def test_a_reference_that_cannot_be_one_is_refused_and_told_without_being_quoted(outcome: Outcome) -> None:
    assert not [one for one in outcome.state.holds if one.contact_id == contact(24)]
    [(_, message)] = [one for one in outcome.told if one[0] == "Request refused: a case that could not be read"]
    assert "case: " in message
    assert "1234" not in message


def test_attributes_without_a_reference_flag_nothing(outcome: Outcome) -> None:
    assert not [one for one in outcome.state.holds if one.contact_id == contact(1)]


def test_a_complaint_that_becomes_a_claim_stands_for_both_and_has_no_end(outcome: Outcome) -> None:
    hold = outcome.hold(30)
    assert (hold.reason, hold.open_ended) == ("legal_claim", True)
    assert hold.hold_until is None or hold.hold_until.date() >= date(2033, 1, 8)


def test_a_tagged_attachment_makes_no_row_and_its_case_is_told_to_flag_the_contact(outcome: Outcome) -> None:
    assert not [one for one in outcome.state.holds if one.case == "C-9"]
    [(subject, message)] = outcome.about("case C-9")
    assert subject == "Request refused: case C-9"
    assert "flag the contact itself" in message


@pytest.mark.parametrize("number", [41, 42, 43, 44])
def test_a_flag_at_stage_two_after_the_closing_is_open_until_it_is_closed_again(outcome: Outcome, number: int) -> None:
    hold = outcome.hold(number)
    assert (hold.status, hold.stage, hold.open_ended) == ("held", "2", True)


def test_a_closing_before_the_receipt_is_refused_with_its_field_and_changes_nothing(outcome: Outcome) -> None:
    hold = outcome.hold(49)
    assert (hold.status, hold.hold_until and hold.hold_until.date()) == ("held", END)
    [(subject, message)] = outcome.about("case D-9")
    assert subject == "Request refused: case D-9"
    assert "closed_on: lies before the date on which the case was received" in message


@pytest.mark.parametrize("number", [51, 52, 53, 54, 55])
def test_what_two_people_did_not_agree_on_stays_held(outcome: Outcome, number: int) -> None:
    hold = outcome.hold(number)
    assert (hold.status, hold.hold_until and hold.hold_until.date()) == ("held", END)
    assert not [one for one in outcome.state.disposals if one.key.startswith(contact(number))]


def test_every_release_that_is_none_is_in_the_book_and_told(outcome: Outcome) -> None:
    made = [(row.id, row.decision, str(row.outcome)) for row in outcome.state.decisions]
    assert ("e-52", "request", "asked") in made or ("E-52", "request", "asked") in made
    assert [row[2] for row in made].count("refused") == 8
    assert made.count(("E-55", "approve", "refused")) == 5
    assert len([subject for subject, _ in outcome.told if " refused" in subject and "Request" not in subject]) == 8
    [empty] = [message for subject, message in outcome.told if subject == "Release refused: E-51"]
    assert "contact_ids: must name at least one, or be left out" in empty


def test_nothing_else_of_these_stories_is_told_or_set_aside(outcome: Outcome) -> None:
    others = [
        one for one in outcome.told if not one[0].startswith(("Please check", "Request refused", "Release", "Deci"))
    ]
    assert others == []
    assert len(outcome.state.dead_letters) == 6
