"""Stories that the system has not seen, and the state that they must end in."""

from __future__ import annotations

from datetime import date

from simulator.scenarios.results.shapes import State
from tests.end_to_end.conftest import Play
from tests.end_to_end.stories import call, logged, moment, own_event, recording_key, wait

NOON = "2027-02-10T12:00:00"


def _copies(state: State) -> list[str]:
    return [found.key for found in state.stores["legal_hold"].objects]


def test_a_flagged_call_is_held_until_eighteen_months_after_receipt(play: Play) -> None:
    story = [*call("a1", "2027-02-01T09:00:00"), logged(NOON, "C-1", ["a1"], received_on="2027-02-09")]
    state = play([*story, wait("2027-02-10T13:00:00")])
    [hold] = state.holds
    assert (hold.case, hold.contact_id, hold.status, hold.reason) == ("C-1", "a1", "held", "complaint")
    assert hold.received_on == date(2027, 2, 9)
    assert not hold.received_on_assumed
    assert hold.hold_until == moment("2028-08-09T00:00:00+01:00")
    assert hold.requested_by == "officer.1"
    [recording] = [found for found in hold.artefacts if found.record_class == "call_recording"]
    assert recording.source_key == recording_key("a1", "2027-02-01T09:00:00")
    assert recording.bytes == 4800
    [copy] = [found for found in state.stores["legal_hold"].objects if found.key == recording.hold_key]
    assert (copy.lock_mode, copy.retain_until, copy.bytes) == ("GOVERNANCE", hold.hold_until, 4800)
    assert not copy.legal_hold


def test_the_original_is_freed_once_it_is_copied(play: Play) -> None:
    story = [*call("a1", "2027-02-01T09:00:00"), logged(NOON, "C-1", ["a1"])]
    state = play([*story, wait("2027-02-10T13:00:00")])
    [original] = state.stores["call_recording"].objects
    assert not original.legal_hold


def test_a_flag_without_a_date_counts_from_its_london_day(play: Play) -> None:
    story = [*call("a1", "2027-06-01T09:00:00"), logged("2027-06-30T23:30:00", "C-1", ["a1"])]
    [hold] = play([*story, wait("2027-07-01T12:00:00")]).holds
    assert hold.received_on == date(2027, 7, 1)
    assert hold.received_on_assumed


def test_a_held_call_is_disposed_of_on_the_day_its_hold_ends(play: Play) -> None:
    story = [*call("a1", "2027-02-01T09:00:00"), logged(NOON, "C-1", ["a1"], received_on="2025-08-31")]
    before = play([*story, wait("2027-02-27T23:59:00")])
    [hold] = before.holds
    assert hold.hold_until == moment("2027-02-28T00:00:00+00:00")
    assert {artefact.hold_key for artefact in hold.artefacts} <= set(_copies(before))
    after = play([*story, wait("2027-03-01T00:00:00")])
    gone = {row.key: row for row in after.disposals if row.store == "legal_hold"}
    [hold] = after.holds
    assert hold.status == "disposed"
    for artefact in hold.artefacts:
        assert gone[artefact.hold_key].cause == "hold_ended"
        assert gone[artefact.hold_key].at.date() == date(2027, 2, 28)
    assert _copies(after) == []
    assert after.stores["call_recording"].objects


def test_a_flag_for_an_unknown_contact_is_reported_and_not_lost(play: Play) -> None:
    state = play([logged(NOON, "C-1", ["nobody"]), wait("2027-02-12T12:00:00")])
    [hold] = state.holds
    assert hold.status == "nothing_held"
    assert hold.missing
    assert state.notifications
    assert state.dead_letters == []


def test_a_flag_after_the_recording_left_says_so(play: Play) -> None:
    [contact, _] = call("a1", "2026-02-01T09:00:00")
    contact["at"] = "2027-02-01T09:00:00Z"
    state = play([contact, logged(NOON, "C-1", ["a1"]), wait("2027-02-12T12:00:00")])
    [hold] = state.holds
    assert hold.status in {"partial", "nothing_held"}
    [missing] = [missing for missing in hold.missing if missing.record_class == "call_recording"]
    assert missing.source_key == recording_key("a1", "2026-02-01T09:00:00")
    assert "2026" in missing.why
    assert state.notifications


def test_a_flag_given_twice_makes_one_hold_and_one_copy(play: Play) -> None:
    flag = logged(NOON, "C-1", ["a1"], received_on="2027-02-09")
    again = {**flag, "at": moment("2027-02-11T12:00:00").isoformat()}
    state = play([*call("a1", "2027-02-01T09:00:00"), flag, flag, again, wait("2027-02-12T12:00:00")])
    assert len(state.holds) == 1
    assert len(_copies(state)) == len(set(_copies(state)))


def test_an_escalation_that_arrives_first_waits_for_its_complaint(play: Play) -> None:
    escalated = own_event(
        "2027-02-10T11:00:00", "Complaint Escalated", {"case": "C-1", "stage": "2", "on": "2027-02-10"}
    )
    story = [*call("a1", "2027-02-01T09:00:00"), escalated, logged(NOON, "C-1", ["a1"], received_on="2027-02-09")]
    state = play([*story, wait("2027-02-12T12:00:00")])
    [hold] = state.holds
    assert (hold.stage, hold.open_ended, hold.status) == ("2", True, "held")
    recordings = [a.hold_key for a in hold.artefacts if a.record_class == "call_recording"]
    assert [o.legal_hold for o in state.stores["legal_hold"].objects if o.key in recordings] == [True]


def test_a_malformed_event_ends_in_the_dead_letter_queue(play: Play) -> None:
    wrong = own_event(NOON, "Complaint Logged", {"case": "C-1", "contact_ids": "a1"})
    state = play([*call("a1", "2027-02-01T09:00:00"), wrong, wait("2027-02-12T12:00:00")])
    [letter] = state.dead_letters
    assert '"C-1"' in letter.body
    assert state.holds == []


def test_two_legs_of_a_call_are_held_when_one_is_flagged(play: Play) -> None:
    second = call(
        "a2", "2027-02-01T09:05:00", InitialContactId="a1", PreviousContactId="a1", InitiationMethod="TRANSFER"
    )
    story = [*call("a1", "2027-02-01T09:00:00"), *second, logged(NOON, "C-1", ["a2"])]
    state = play([*story, wait("2027-02-10T13:00:00")])
    assert {hold.contact_id: hold.status for hold in state.holds} == {"a1": "held", "a2": "held"}


def test_the_end_of_a_replay_can_be_chosen(play: Play) -> None:
    story = [*call("a1", "2027-02-01T09:00:00"), logged(NOON, "C-1", ["a1"])]
    state = play([*story, wait("2027-03-01T12:00:00")], until="2027-02-09T12:00:00")
    assert state.now == moment("2027-02-09T12:00:00")
    assert state.holds == []
