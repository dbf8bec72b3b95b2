"""Applications under the policy of a council that keeps them, through the deployed templates."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.conftest import Play
from tests.end_to_end.rights.lines import rights_event
from tests.end_to_end.stories import Line, call, moment, wait

RCT = Path("policies/rhondda-cynon-taf.toml")
DETAIL = {
    "application": "BB-1",
    "scheme": "blue_badge",
    "received_on": "2024-01-10",
    "contact_ids": ["c-1"],
    "object_key": "2027/BB-1.pdf",
}


def stored(at: str, key: str = "2027/BB-1.pdf") -> Line:
    return {"at": moment(at).isoformat(), "object": {"store": "application_information", "key": key, "bytes": 100}}


def test_an_application_goes_in_the_night_of_its_day_and_the_call_on_its_own(play: Play) -> None:
    lines = [
        *call("c-1", "2027-01-04T10:00:00"),
        stored("2027-01-05T09:00:00"),
        rights_event("2027-01-05T09:01:00", "Application Recorded", DETAIL),
        wait("2027-01-11T12:00:00"),
    ]
    before = play(lines, policy=RCT, until="2027-01-09T12:00:00")
    assert [one.key for one in before.stores["application_information"].objects] == ["2027/BB-1.pdf"]

    after = play(lines, policy=RCT)
    assert after.stores["application_information"].objects == []
    [gone] = [one for one in after.disposals if one.store == "application_information"]
    assert (gone.cause, gone.at.date().isoformat()) == ("retention_sweep", "2027-01-10")
    assert len(after.stores["call_recording"].objects) == 1
    assert after.dead_letters == []


def test_what_names_no_object_is_set_aside_and_told_and_what_comes_later_is_taken(play: Play) -> None:
    absent = {**DETAIL, "application": "BB-2", "object_key": "2027/BB-2.pdf"}
    state = play(
        [
            rights_event("2027-01-05T09:00:00", "Application Recorded", DETAIL),
            rights_event("2027-01-05T09:00:00", "Application Recorded", absent),
            stored("2027-01-05T09:05:00"),
            wait("2027-01-05T11:00:00"),
        ],
        policy=RCT,
    )
    [letter] = state.dead_letters
    assert "BB-2" in letter.body
    assert [one.subject for one in state.notifications if "BB" in (one.subject or "")] == ["Refused: application BB-2"]


def test_a_second_application_for_the_same_object_is_refused_until_the_first_is_gone(play: Play) -> None:
    again = {**DETAIL, "application": "BB-3", "received_on": "2027-01-05"}
    state = play(
        [
            stored("2027-01-05T09:00:00"),
            rights_event("2027-01-05T09:01:00", "Application Recorded", DETAIL),
            rights_event("2027-01-05T09:02:00", "Application Recorded", again),
            wait("2027-01-05T11:00:00"),
        ],
        policy=RCT,
    )
    [letter] = state.dead_letters
    assert "BB-3" in letter.body
    assert [one.subject for one in state.notifications if "BB" in (one.subject or "")] == ["Refused: application BB-3"]

    # Once it was disposed of, a key can be used again.
    later = play(
        [
            stored("2027-01-05T09:00:00"),
            rights_event("2027-01-05T09:01:00", "Application Recorded", DETAIL),
            stored("2027-01-11T09:00:00"),
            rights_event("2027-01-11T09:02:00", "Application Recorded", again),
            wait("2027-01-12T11:00:00"),
        ],
        policy=RCT,
    )
    assert later.dead_letters == []
    assert [one.key for one in later.stores["application_information"].objects] == ["2027/BB-1.pdf"]
