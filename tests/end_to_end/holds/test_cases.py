"""Inputs that came out wrong in November 2026, as they were reported, and what is right.

``cases`` holds them by their names. Their contacts and references are apart, so they live in one world, and those that
take years in another. What is always tested of their kinds is in ``signals/test_reported_cases.py`` and beside it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay
from simulator.scenarios.results.output import Outcome
from simulator.scenarios.results.shapes import HoldState
from steward.clock import LONDON
from tests.end_to_end.begun import asleep
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import moment

pytestmark = pytest.mark.prove

CASES = Path(__file__).parent / "cases"
YEARS = ("held-at-24-months", "reminders-after-an-extension", "stage-two-flag-after-closure", "never-written")


@dataclass(frozen=True)
class Lived:
    """What came of the cases."""

    outcome: Outcome
    told: list[tuple[datetime, str, str]]

    def holds(self, case: str) -> list[HoldState]:
        return [one for one in self.outcome.state.holds if one.case == case]

    def hold(self, case: str) -> HoldState:
        [found] = self.holds(case)
        return found

    def stands(self, *cases: str) -> set[tuple[str, bool]]:
        return {(one.status, one.open_ended) for case in cases for one in self.holds(case)}

    def subjects(self, case: str) -> list[str]:
        return [subject.partition(":")[0] for _, subject, _ in self.told if subject.endswith(f": case {case}")]

    def fields(self, case: str) -> set[str]:
        """The fields that a message about a flag names."""
        lines = [
            line for _, subject, body in self.told if subject.endswith(f": case {case}") for line in body.split("\n")
        ]
        names = ("complaint_received", "complaint_stage", "received_on", "stage", "contact_ids", "closed_on")
        return {name for name in names if any(line.startswith(f"{name}: ") for line in lines)}

    def gone(self, hold: HoldState) -> set[date]:
        """The days on which copies of a contact left the hold bucket."""
        gone = [one for one in self.outcome.state.disposals if one.store == "legal_hold" and hold.contact_id in one.key]
        return {one.at.astimezone(LONDON).date() for one in gone}


def _lived(
    names: Sequence[str], until: str, assembly: Path, folder: Path, *, asleep_from_to: Sequence[tuple[str, str]] = ()
) -> Lived:
    lines = [line for name in names for line in (CASES / f"{name}.jsonl").read_text().splitlines()]
    lines.sort(key=lambda line: moment(json.loads(line)["at"]))
    path = folder / "cases.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    with Replay.start(read_scenario(path), file=path, policy=BARNET, assembly=assembly) as running:
        for begin, end in asleep_from_to:
            running.run_until(moment(begin))
            with asleep(running.world):
                running.run_until(moment(end))
        running.run_until(moment(until))
        told = [(one.at, str(one.subject), str(one.message)) for one in running.world.notifications]
        return Lived(running.outcome(), told)


@pytest.fixture(scope="module")
def lived(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    names = sorted(path.stem for path in CASES.glob("*.jsonl"))
    return _lived(names, "2027-05-16T08:00:00", assembly, tmp_path_factory.mktemp("cases"))


def copies(hold: HoldState, record_class: str) -> list[str]:
    return sorted(one.source_key for one in hold.artefacts if one.record_class == record_class)


# -- In the order of their names ------------------------------------------------------------------------------------


def test_analysis_next_day(lived: Lived) -> None:
    hold = lived.hold("CMP-07")
    assert (hold.status, hold.missing) == ("held", [])
    assert [key.partition("/000")[0] for key in copies(hold, "call_recording")] == [
        "Analysis/Voice/2027/01/06",
        "Analysis/Voice/Redacted/2027/01/06",
        "connect/barnet/CallRecordings/2027/01/05",
    ]


RECEIPT, STAGE = "complaint_received", "complaint_stage"


@pytest.mark.parametrize(
    ("case", "received", "assumed", "fields"),
    [
        ("CMP-12A", date(2027, 1, 5), True, {RECEIPT}),
        ("CMP-12B", date(2027, 1, 5), True, {RECEIPT}),
        ("CMP-12C", date(2027, 1, 5), True, {RECEIPT, STAGE}),
        ("12345", date(2027, 1, 5), True, {RECEIPT}),
        ("CMP-12E", date(2027, 1, 5), True, {RECEIPT}),
        ("CMP-12F", date(2027, 1, 6), False, set()),
    ],
)
def test_attribute_oddities(lived: Lived, case: str, received: date, *, assumed: bool, fields: set[str]) -> None:
    hold = lived.hold(case)
    assert (hold.status, hold.stage, hold.received_on, hold.received_on_assumed) == ("held", "1", received, assumed)
    assert len(copies(hold, "call_recording")) == 1
    assert lived.fields(case) == fields
    assert lived.subjects(case) == ["Please check a flag"] * bool(fields)


@pytest.mark.parametrize(
    ("case", "contacts", "assumed", "fields"),
    [
        ("CMP-11A", 1, False, set()),
        ("CMP-11B", 1, True, {"received_on"}),
        ("CMP-11C", 1, False, {"stage"}),
        ("CMP-11E", 2, False, set()),
        ("CMP-11F", 1, False, set()),
        ("CMP-11G", 1, True, {"received_on"}),
    ],
)
def test_case_system_oddities(lived: Lived, case: str, contacts: int, *, assumed: bool, fields: set[str]) -> None:
    holds = lived.holds(case)
    assert [(one.status, one.stage, one.received_on_assumed) for one in holds] == [("held", "1", assumed)] * contacts
    assert {one.received_on for one in holds} == {date(2027, 2, 1)}
    assert lived.fields(case) == fields
    assert lived.subjects(case) == ["Please check a flag"] * bool(fields)


def test_case_system_oddities_whose_reference_cannot_be_one(lived: Lived) -> None:
    refused = [body for _, subject, body in lived.told if subject == "Request refused: a case that could not be read"]
    assert ["\ncase: " in body for body in refused] == [True]
    assert not [one for one in lived.outcome.state.holds if one.contact_id.endswith("000071")]


def test_closed_and_escalated_same_day(lived: Lived) -> None:
    assert lived.stands("CMP-02") == {("held", True)}


def test_closed_before_received(lived: Lived) -> None:
    assert lived.stands("T5") == {("held", True)}
    assert (lived.subjects("T5"), lived.fields("T5")) == (["Request refused"], {"closed_on"})
    assert lived.gone(lived.hold("T5")) == set()


def test_complaint_becomes_claim(lived: Lived) -> None:
    hold = lived.hold("CMP-04")
    assert (hold.reason, hold.status, hold.open_ended) == ("legal_claim", "held", True)
    assert hold.hold_until is None or hold.hold_until.date() == date(2033, 5, 1)


def test_escalated_after_disposal(lived: Lived) -> None:
    again, later, other = lived.hold("D3"), lived.hold("OTHER"), lived.hold("INNOCENT")
    assert (again.status, again.open_ended, again.hold_until) == ("held", True, None)
    assert (later.status, later.open_ended) == ("held", False)
    assert "Held again" in lived.subjects("D3")
    assert other.status == "disposed", "the nights of everybody else go on"
    assert min(lived.gone(other)) > date(2027, 3, 20)


def test_flag_again_after_mistaken_release(lived: Lived) -> None:
    hold = lived.hold("CMP-36")
    assert (hold.status, lived.gone(hold)) == ("held", set())
    assert [subject for _, subject, _ in lived.told if subject.endswith("CMP-36")] == ["Release asked for: CMP-36"]


@pytest.mark.parametrize(
    ("case", "received", "assumed"),
    [
        ("CMP-250", date(2027, 2, 1), False),
        ("CMP-251", date(2027, 2, 1), False),
        ("CMP-252", date(2027, 2, 1), False),
        ("CMP-253", date(2027, 2, 2), True),
        ("1002742", date(2027, 2, 1), False),
    ],
)
def test_form_answer_shapes(lived: Lived, case: str, received: date, *, assumed: bool) -> None:
    hold = lived.hold(case)
    assert (hold.status, hold.received_on, hold.received_on_assumed) == ("held", received, assumed)
    assert lived.fields(case) == ({"received_on"} if assumed else set())


def test_live_media_stream_recording(lived: Lived) -> None:
    hold = lived.hold("CMP-01")
    assert (hold.status, len(copies(hold, "call_recording"))) == ("partial", 1)
    assert ["live media stream" in one.why for one in hold.missing] == [True]
    assert lived.subjects("CMP-01") == ["Hold incomplete"]


def test_ombudsman_flag_of_an_old_complaint(lived: Lived) -> None:
    hold = lived.hold("D4")
    assert (hold.status, hold.open_ended, hold.hold_until) == ("held", True, None)
    assert lived.subjects("D4") == []


def test_one_person_twice(lived: Lived) -> None:
    holds = [one for case in ("Q", "Q2", "Q3", "Q4") for one in lived.holds(case)]
    assert [(one.case, one.status) for one in holds] == [
        *[("Q", "held")] * 2,
        *[("Q2", "held")] * 2,
        ("Q3", "held"),
        ("Q4", "held"),
    ]
    assert all(lived.gone(one) == set() for one in holds)
    assert not [row for row in lived.outcome.state.decisions if row.outcome == "decided"]


def test_payment_guide_in_the_chain(lived: Lived) -> None:
    assert [(one.status, one.missing) for one in lived.holds("C-1")] == [("held", [])] * 2
    assert lived.subjects("C-1") == []


def test_release_with_an_empty_list(lived: Lived) -> None:
    assert [(one.status, lived.gone(one)) for one in lived.holds("E")] == [("held", set())] * 2
    assert lived.hold("INCALL").status == "held"
    refused = [body for _, subject, body in lived.told if subject == "Release refused: E"]
    assert ["contact_ids: " in body for body in refused] == [True]


def test_rewritten_recording(lived: Lived) -> None:
    hold = lived.hold("CMP-18")
    assert sorted(one.bytes for one in hold.artefacts if one.record_class == "call_recording") == [100, 5000]


def test_six_day_chat(lived: Lived) -> None:
    hold = lived.hold("CMP-06")
    assert (hold.status, hold.missing) == ("held", [])
    assert len(copies(hold, "chat_transcript")) == 2, "the transcript, and the analysis of the last day"
    assert len(copies(hold, "attachment")) == 1


def test_stage_two_flag_after_closure(lived: Lived) -> None:
    assert lived.stands("CMP-030", "CMP-031", "CMP-032") == {("held", True)}


def test_tagged_attachment(lived: Lived) -> None:
    assert lived.holds("CMP-21") == []
    [body] = [body for _, subject, body in lived.told if subject == "Request refused: case CMP-21"]
    assert "flag the contact itself" in body


def test_wrong_year_typed(lived: Lived) -> None:
    hold = lived.hold("CMP-28")
    assert (hold.status, hold.received_on, hold.received_on_assumed) == ("held", date(2027, 1, 6), True)
    assert lived.fields("CMP-28") == {"received_on"}


def test_no_line_of_the_timeline_states_an_end_of_what_has_none(lived: Lived) -> None:
    rows = [row for row in lived.outcome.timeline if row.kind == "hold" and row.details["open_ended"]]
    assert len(rows) > 10
    assert {row.details["hold_until"] for row in rows} == {None}
    assert all("until the case is closed" in row.text for row in rows)


# -- Years ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def later(assembly: Path, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    quiet = [("2027-12-05", "2028-05-01"), ("2028-10-05", "2028-12-20"), ("2029-03-20", "2029-06-20")]
    folder = tmp_path_factory.mktemp("years")
    return _lived(YEARS, "2029-09-02T00:00:00", assembly, folder, asleep_from_to=quiet)


def test_held_at_24_months(later: Lived) -> None:
    assert later.stands("CLAIM/1") == {("held", True)}
    assert later.subjects("CLAIM/1") == []


def test_never_written(later: Lived) -> None:
    assert [one.why for one in later.hold("V/1").missing] == ["not found in the store"]
    assert later.subjects("V/1").count("Nothing could be held") == 1


def test_stage_two_flag_after_closure_in_the_years_after(later: Lived) -> None:
    assert later.stands("CMP-030", "CMP-031", "CMP-032") == {("held", True)}
    assert all(later.gone(later.hold(case)) == set() for case in ("CMP-030", "CMP-031", "CMP-032"))


def test_reminders_after_an_extension(later: Lived) -> None:
    """The first end is 20 July 2028; twelve months after the closing it is 1 September 2029."""
    reminded = [
        (at.astimezone(LONDON).date(), subject)
        for at, subject, _ in later.told
        if subject.startswith("Hold ends within") and subject.endswith("CMP/1")
    ]
    assert reminded == [
        (date(2028, 5, 21), "Hold ends within 60 days: case CMP/1"),
        (date(2028, 6, 20), "Hold ends within 30 days: case CMP/1"),
        (date(2028, 7, 13), "Hold ends within 7 days: case CMP/1"),
        (date(2029, 7, 3), "Hold ends within 60 days: case CMP/1"),
        (date(2029, 8, 2), "Hold ends within 30 days: case CMP/1"),
        (date(2029, 8, 25), "Hold ends within 7 days: case CMP/1"),
    ]
    assert later.subjects("CMP/1") == [subject.partition(":")[0] for _, subject in reminded], "and of nothing else"
    hold = later.hold("CMP/1")
    assert (hold.status, later.gone(hold)) == ("disposed", {date(2029, 9, 1)})
    assert hold.hold_until == datetime(2029, 9, 1, tzinfo=LONDON)
