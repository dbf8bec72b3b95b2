"""Texts stop to whoever asked for restriction, through deployed functions, until they were told and it is lifted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from infra.config import ROOT
from simulator.scenarios.results.shapes import State
from tests.end_to_end.begun import asleep, begun, rest
from tests.end_to_end.children import in_a_child
from tests.end_to_end.conftest import Play
from tests.end_to_end.rights.lines import asked, record, rights_event
from tests.end_to_end.rights.test_registers import GIVEN, MOBILE, from_call
from tests.end_to_end.stories import Line, call, decide, moment, wait

MINE = [{"type": "phone", "value": MOBILE}]


def text_at(at: str, contact: str) -> Line:
    return from_call(at, "send_sms", contact, template="online_services")


def story(right: str, outcome: str) -> list[Line]:
    verdict = {"contact_id": "hers", "verdict": "confirmed", "why": "known by voice"}
    return [
        from_call("2026-12-05T10:00:00", "record_consent", "asked-in", **GIVEN),
        text_at("2026-12-06T10:00:00", "before"),
        *call("hers", "2026-12-07T10:00:00"),
        record("hers", "2026-12-07T10:00:00Z", "2026-12-07T10:10:00", MOBILE),
        *asked("2027-01-05T09:00:00", "RES-1", right, MINE),
        text_at("2027-01-05T09:30:00", "while-open"),
        # A consent that somebody gives meanwhile is none to use what is restricted.
        from_call("2027-01-05T09:40:00", "record_consent", "again", **GIVEN),
        text_at("2027-01-05T09:50:00", "after-a-consent"),
        decide("2027-01-05T14:00:00", "information-officer/mary", "match", "RES-1", "approve", **verdict),
        rights_event("2027-01-20T09:00:00", "Request Closed", {"request": "RES-1", "outcome": outcome}),
        text_at("2027-03-01T10:00:00", "while-it-stands"),
        rights_event("2027-03-02T09:00:00", "Restriction Lifted", {"request": "RES-1", "told_on": "2027-03-01"}),
        text_at("2027-03-03T10:00:00", "after"),
        wait("2027-03-04T12:00:00"),
    ]


def texted(state: State) -> list[str]:
    return [str(one.contact_id) for one in state.messages]


def lifted(state: State) -> None:
    assert texted(state) == ["before", "after"]
    refused = [
        one.response for one in state.responses if one.function == "send_sms" and "opted_out" in str(one.response)
    ]
    assert len(refused) == 3
    [hold] = [one for one in state.holds if one.contact_id == "hers"]
    # Held while it stands, then for the months of the policy from the day of the lifting.
    assert hold.status == "held"
    assert str(hold.hold_until)[:10] == "2027-09-02"
    assert state.dead_letters == []


Ended = Callable[[list[Line]], State]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """Return what ends the story of the restriction, as other lines tell it from the second of March."""
    file = tmp_path_factory.mktemp("restricted") / "story.jsonl"
    with begun(story("restriction", "answered"), file, moment("2027-01-04T12:00:00"), sleeping=True) as replay:
        replay.run_until(moment("2027-01-21T12:00:00"))
        with asleep(replay.world):
            replay.run_until(moment("2027-02-26T12:00:00"))
        replay.run_until(moment("2027-03-01T12:00:00"))

        def end(lines: list[Line]) -> State:
            replay.go_on_with(rest(lines, file, replay))
            replay.run_until(moment(lines[-1]["at"]))
            return replay.state()

        yield lambda lines: in_a_child(lambda: end(lines))


def test_texts_stop_until_the_person_was_told_and_the_restriction_is_lifted(ended: Ended) -> None:
    lifted(ended(story("restriction", "answered")))


@pytest.mark.prove
def test_an_objection_that_was_refused_stops_texts_until_it_is_lifted_too(play: Play) -> None:
    lifted(play(story("objection", "refused")))


def test_the_shipped_scenario_is_this_story() -> None:
    """``events/scenarios`` has it for whoever wants to look at it with ``steward simulate``."""
    shipped = (ROOT / "events" / "scenarios" / "restricted-person.jsonl").read_text(encoding="utf-8")
    assert [json.loads(one) for one in shipped.splitlines()] == story("restriction", "answered")


def test_nothing_is_lifted_while_nobody_was_told(ended: Ended) -> None:
    told = rights_event("2027-03-02T09:00:00", "Restriction Lifted", {"request": "RES-1"})
    lines = [*story("restriction", "answered")[:-3], told, text_at("2027-03-03T10:00:00", "after")]
    state = ended([*lines, wait("2027-03-03T12:00:00")])
    assert texted(state) == ["before"]
    assert [str(one.subject) for one in state.notifications].count("Refused: request RES-1") == 1
    [hold] = [one for one in state.holds if one.contact_id == "hers"]
    assert hold.open_ended
