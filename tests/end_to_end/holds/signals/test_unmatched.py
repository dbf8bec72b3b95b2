"""Events on the own bus that no rule takes: shown, logged, set aside, and told once to the complaints team."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenarios.lines import read_scenario
from simulator.scenarios.replay import Replay as Running
from simulator.scenarios.results.output import Outcome
from tests.end_to_end.conftest import BARNET
from tests.end_to_end.stories import Line, call, logged, moment, wait

CALL = call("a1", "2027-02-01T09:00:00")
AT = "2027-02-10T12:00:00"
LATER = "2027-02-10T18:00:00"


def put(source: str, kind: str, bus: str = "steward", **detail: object) -> Line:
    return {
        "at": moment(AT).isoformat(),
        "event": {"source": source, "detail-type": kind, "bus": bus, "detail": detail},
    }


Replay = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("steward.complaints", "Complaint Reopened"),
        ("steward.complaints", "complaint logged"),
        ("steward.complaints", "07700 900123"),
        ("steward.other", "Complaint Logged"),
    ],
)
def test_an_event_that_no_rule_takes_is_shown_and_told_once(replay: Replay, source: str, kind: str) -> None:
    outcome = replay([put(source, kind, case="C-9", note="rang on 07700 900123"), wait(LATER)])

    [event] = outcome.state.unmatched
    assert (event.bus, event.source, event.detail_type) == ("steward", source, kind)
    assert event.at == moment(AT)
    assert [row.text for row in outcome.timeline if row.kind == "unmatched"] == [
        f"{kind!r} of {source} on the steward bus matched no rule."
    ]
    told = [one for one in outcome.state.notifications if "refused" in (one.subject or "")]
    assert [one.subject for one in told] == ["Request refused: case C-9"]
    assert len(outcome.state.dead_letters) == 1
    assert outcome.state.holds == []


def test_what_a_rule_takes_is_no_unmatched_event_and_costs_no_more(replay: Replay) -> None:
    outcome = replay([*CALL, logged(AT, "C-1", ["a1"], received_on="2027-02-09"), wait("2027-02-10T12:05:00")])

    assert outcome.state.unmatched == []
    assert outcome.state.calls["place_hold"]["invocations"] == 1


def test_what_steward_says_to_other_systems_is_no_unmatched_event(replay: Replay) -> None:
    dates = {"law_on": "2027-02-28", "promised_on": "2027-02-20", "act_by": "2027-02-19"}
    outcome = replay([put("steward.rights", "Deadline Near", request="R-1", whose="due", **dates), wait(LATER)])

    assert outcome.state.unmatched == []
    assert outcome.state.dead_letters == []


def test_an_unknown_event_on_the_default_bus_is_shown_and_told_nobody(replay: Replay) -> None:
    outcome = replay([put("aws.connect", "Something Else", "default"), wait(LATER)])

    assert [(event.bus, event.detail_type) for event in outcome.state.unmatched] == [("default", "Something Else")]
    assert outcome.state.notifications == []


def test_it_is_logged_as_unmatched_without_what_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "story.jsonl"
    lines = [put("steward.complaints", "07700 900123", case="C-9"), wait(LATER)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Running.start(read_scenario(path), file=path, policy=BARNET) as running:
        running.run_until(moment(LATER))
        logged = [line.text for line in running.world.logs if line.function == "place_hold"]

    assert any('"unmatched"' in line for line in logged)
    assert not any("07700" in line for line in logged)
