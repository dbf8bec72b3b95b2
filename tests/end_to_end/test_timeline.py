"""What a reader of the timeline needs: no line for a night without work, and the reason of whatever was refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.scenarios.results.output import Outcome
from tests.end_to_end.stories import Line, call, decide, logged, own_event, wait

Replayed = Callable[..., Outcome]


def texts(outcome: Outcome, kind: str) -> list[str]:
    return [row.text for row in outcome.timeline if row.kind == kind]


def test_nights_without_work_are_one_line_a_month_and_a_night_with_work_its_own(replay: Replayed) -> None:
    lines: list[Line] = [
        *call("a1", "2027-02-27T09:00:00"),
        logged("2027-02-28T12:00:00", "C-1", ["a1"], received_on="2027-02-28"),
        wait("2027-04-02T12:00:00"),
    ]
    outcome = replay(lines)
    february, march, april = texts(outcome, "idle")
    assert february.startswith("In February 2027 ")
    assert "retire_contact_records 1" in february
    assert "retire_contact_records 31" in march
    assert "retire_contact_records 2" in april
    ran = [row for row in outcome.timeline if row.kind == "invocation" and row.details["function"] == "maintain_holds"]
    invocations = outcome.state.calls["maintain_holds"]["invocations"]
    assert 0 < len(ran) < invocations
    idle = [row.details["runs"] for row in outcome.timeline if row.kind == "idle"]
    assert len(ran) + sum(runs.get("maintain_holds", 0) for runs in idle if isinstance(runs, dict)) == invocations
    assert [row.at for row in outcome.timeline] == sorted(row.at for row in outcome.timeline)


@pytest.mark.prove
def test_a_quiet_month_is_a_few_lines_whatever_runs_every_night(replay: Replayed) -> None:
    """Each new nightly run, and each page that it writes anew, made a line of each night: thousands in two years."""
    outcome = replay(
        [
            *call("a1", "2027-01-20T09:00:00"),
            logged("2027-01-20T12:00:00", "C-1", ["a1"], received_on="2027-01-20"),
            wait("2027-05-02T12:00:00"),
        ]
    )
    april = [row for row in outcome.timeline if (row.at.year, row.at.month) == (2027, 4)]
    ran = [row.details["function"] for row in april if row.kind == "invocation"]
    # Looks at what is held, and a comparison, made every twelfth week in a replay.
    # The statement of March, and a register that has other counts: both are mailed.
    assert set(ran) <= {"maintain_holds", "place_hold", "write_statement", "compare_configuration"}
    wrote = {row.at for row in april if row.details.get("function") == "write_statement"}
    assert wrote == {row.at for row in april if row.kind == "notification"}
    [nights] = [row.details["runs"] for row in april if row.kind == "idle"]
    assert isinstance(nights, dict)
    assert nights["watch_requests"] == nights["count_contact_records"] == 30
    [pages] = [row for row in april if row.kind == "deleted" and "nightly registers" in row.text]
    gone = [
        one.store
        for one in outcome.state.disposals
        if one.key.startswith("register/") and (one.at.year, one.at.month) == (2027, 4)
    ]
    assert pages.details["stores"] == {store: gone.count(store) for store in set(gone)}
    assert len(april) < 25


@pytest.fixture
def refused(replay: Replayed) -> Outcome:
    at = "2027-02-10T12:0{}:00"
    closed = {"case": "C-9", "closed_on": "2999-01-01"}
    text = {"template": "no_such", "purpose": "service_information"}
    caller = {"Name": "ContactFlowEvent", "Details": {"ContactData": {"ContactId": "a1"}, "Parameters": text}}
    return replay(
        [
            logged(at.format(0), "C-1", [], received_on="2027-02-09"),
            own_event(at.format(1), "Complaint Closed", closed),
            own_event(at.format(2), "Complaint Lodged", {"case": "C-9"}),
            decide(at.format(3), "release-approver/ben", "release", "C-9", "approve"),
            {"at": "2027-02-10T12:04:00+00:00", "invoke": {"function": "send_sms", "payload": caller}},
            wait("2027-02-10T18:00:00"),
        ]
    )


def test_what_is_refused_says_why(refused: Outcome) -> None:
    said = texts(refused, "refused")
    assert any(one.startswith("place_hold refuses: contact_ids: ") for one in said)
    assert any(one.startswith("place_hold refuses: closed_on: ") for one in said)
    [decided] = texts(refused, "decide")
    assert decided.startswith("release-approver/ben calls approve for release C-9: refused (")
    [sent] = texts(refused, "invoke")
    assert sent.startswith("send_sms: ")
    assert "(" in sent


def test_what_no_rule_takes_is_said_to_have_matched_none(refused: Outcome) -> None:
    assert texts(refused, "unmatched") == [
        "'Complaint Lodged' of steward.complaints on the steward bus matched no rule."
    ]
