"""A request of hundreds of contacts is planned, erased and looked at again in as many runs as it takes."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from functools import cache

import pytest

from steward.failures import Throttled
from steward.rights.erasure.artefacts import CONNECT, CONTACT_RECORD, NOT_THEIRS, ArtefactStatus, ErasureStatus
from steward.rights.erasure.ports import Hindrance
from steward.rights.erasure.running import approval
from tests.support.rights.erasing import ERA, Council, name

MANY = 115
MOST = 200


@pytest.fixture(scope="module")
def undisturbed() -> Council:
    council = Council(MOST, steps=10_000)
    council.ask("plan")
    assert council.work_off() == 1
    return council


def nights(council: Council, many: int) -> None:
    for _ in range(many):
        council.tomorrow()


@cache
def _erased(many: int) -> Council:
    council = Council(many)
    council.erased()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE
    council.looked.clear()
    council.read.clear()
    council.said.clear()
    return council


def erased(many: int = MANY) -> Council:
    return deepcopy(_erased(many))


# The plan -------------------------------------------------------------------------------------------------------------


def test_a_plan_that_takes_several_runs_is_the_plan_of_one(undisturbed: Council) -> None:
    council = Council(MOST)
    council.ask("plan")
    assert council.work_off() > 4
    assert council.stands is not None
    assert undisturbed.stands is not None
    assert council.stands.plan_sha256 == undisturbed.stands.plan_sha256
    assert council.stands.status is ErasureStatus.SCOPED
    assert len(council.stands.artefacts) == 3 * MOST
    assert council.said == [f"planned {3 * MOST} {undisturbed.stands.plan_sha256}"]
    assert {len(one) for one in council.looked.values()} == {1}
    assert len(council.read) <= len(council.lines) + 4


def test_nobody_can_agree_to_a_plan_before_it_is_whole(undisturbed: Council) -> None:
    council = Council(MOST)
    council.ask("plan")
    council.work_off()
    assert undisturbed.stands is not None
    for stood in council.plans[:-1]:
        assert stood.status is ErasureStatus.PLANNING
        council.rows.clear()
        council.stands = stood
        council.approve()
        assert approval(council.rows, stood) is None
        before = set(council.there)
        council.running.erase(ERA, lambda: True)
        assert council.there == before
    assert council.plans[-1].status is ErasureStatus.SCOPED


@pytest.mark.parametrize("dies_after", range(1, 10))
def test_a_planning_that_dies_after_any_change_ends_as_one_that_does_not(undisturbed: Council, dies_after: int) -> None:
    council = Council(MOST, dies_after=dies_after)
    council.ask("plan")
    council.work_off()
    assert council.stands is not None
    assert undisturbed.stands is not None
    assert (council.deaths, council.stands.plan_sha256) == (1, undisturbed.stands.plan_sha256)
    assert council.stands.status is ErasureStatus.SCOPED
    assert council.said[-1] == undisturbed.said[-1]


def test_a_planning_that_dies_after_each_of_its_runs_is_made_in_the_end(undisturbed: Council) -> None:
    council = Council(MOST)
    council.ask("plan")
    while council.queue:
        # By turns after what it found was kept, and after it asked for the next run.
        council.dies_after = council.calls + 1 + council.deaths % 2 if council.deaths < 9 else None
        council.deliver()
    assert council.deaths == 9
    assert council.stands is not None
    assert undisturbed.stands is not None
    assert council.stands.plan_sha256 == undisturbed.stands.plan_sha256


def test_messages_of_a_planning_or_a_look_that_has_ended_begin_no_other() -> None:
    council = erased()
    for what in ("plan", "replay"):
        council.queue.append((what, 0, council.at - timedelta(days=1)))
        assert council.work_off() == 1
    assert (council.looked, council.read) == ({}, [])


def test_a_plan_made_anew_has_what_is_gone_and_whose_it_is_not_and_says_so_once() -> None:
    council = Council(90, steps=40)
    council.ask("plan")
    council.work_off()
    assert council.stands is not None
    stood = council.stands
    council.ask("plan")
    council.work_off()
    # Nothing changed: the same plan, told once.
    assert (council.stands.plan_sha256, len(council.said)) == (stood.plan_sha256, 1)
    council.there.discard(("call_recording", f"{name(7)}.wav"))
    council.lines[council.object_of(8)].remove(name(8))
    del council.lines[council.object_of(89)]
    council.rejected.add(name(3))
    council.ask("plan")
    council.work_off()
    assert council.stands.status is ErasureStatus.SCOPED
    states = {one.place: (one.status, one.ground) for one in council.stands.artefacts}
    gone = (ArtefactStatus.ALREADY_GONE, "")
    assert states["call_recording", f"{name(7)}.wav", name(7)] == gone
    assert states[CONTACT_RECORD, council.object_of(8), name(8)] == gone
    assert states[CONTACT_RECORD, council.object_of(89), name(89)] == gone
    theirs = {state for place, state in states.items() if place[2] == name(3)}
    assert theirs == {(ArtefactStatus.REFUSED, NOT_THEIRS)}
    assert len(council.said) == 2
    counted = [one for one, _ in states.values()]
    assert counted.count(ArtefactStatus.PENDING) == 3 * 90 - len(council.rejected) * 3 - counted.count(gone[0])


def test_a_contact_that_was_confirmed_while_a_plan_was_being_made_is_looked_for_in_what_was_read_before() -> None:
    council = Council(90, steps=100)
    council.rejected.add(name(0))
    council.ask("plan")
    council.deliver()
    assert council.stands is not None
    assert council.stands.read_to > council.object_of(0)
    council.rejected.clear()
    council.work_off()
    assert council.stands.status is ErasureStatus.SCOPED
    planned = {one.place for one in council.stands.of(ArtefactStatus.PENDING)}
    assert len(planned) == 3 * 90
    assert (CONTACT_RECORD, council.object_of(0), name(0)) in planned


def test_what_was_agreed_while_an_unchanged_plan_was_made_anew_is_carried_out_after_it() -> None:
    council = Council(90, steps=40)
    council.ask("plan")
    council.work_off()
    # Somebody agreed; a nightly plan began before that was taken on.
    council.ask("plan")
    council.deliver()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.PLANNING
    council.stands, whole = council.plans[-3], council.stands
    council.approve()
    council.stands = whole
    council.work_off()
    assert council.stands.status is ErasureStatus.DONE
    assert council.there == set()


# The erasure ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dies_after", [None, 7, 150, 450])
def test_an_erasure_in_several_runs_leaves_nothing_but_the_neighbours_lines(dies_after: int | None) -> None:
    council = Council(MANY)
    council.ask("plan")
    council.work_off()
    council.approve()
    council.dies_after = council.calls + dies_after if dies_after else None
    council.work_off()
    assert council.deaths == bool(dies_after)
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE
    assert council.there == set()
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}
    assert {one.status for one in council.stands.artefacts} == {ArtefactStatus.ERASED}
    assert council.said[-1] == "finished done"


def test_what_the_first_run_of_the_verifying_pass_removed_is_waited_for_once_more() -> None:
    council = Council(MANY)
    council.ask("plan")
    council.work_off()
    council.approve()
    while not council.queue[0][1]:
        council.deliver()
    # Connect's own copy of the very first contact is back before the second pass.
    council.there.add((CONNECT, name(0)))
    council.looked.clear()
    council.work_off()
    assert council.there == set()
    assert {len(one) for one in council.looked.values()} == {2}


# The nights after it --------------------------------------------------------------------------------------------------


def test_every_contact_is_looked_at_on_each_of_the_eight_nights() -> None:
    council = erased(MOST)
    for night in range(1, 9):
        nights(council, 1)
        assert {len(one) for one in council.looked.values()} == {night}
        assert len(council.looked) == MOST
    assert len(council.read) <= 8 * (len(council.lines) + 5)
    assert council.said == []


def test_a_night_that_dies_after_any_of_its_changes_looks_at_every_contact() -> None:
    council = erased()
    for night in range(1, 9):
        council.at += timedelta(days=1)
        tonight = council.at
        council.ask("replay")
        council.dies_after = council.calls + night
        council.work_off()
        assert all(any(at >= tonight for at in council.looked[name(one)]) for one in range(MANY))
    assert council.deaths > 4
    assert council.stands is not None
    assert council.stands.look is None
    assert council.stands.looked_at == tonight


def test_what_comes_back_of_the_last_contact_goes_in_the_same_night_and_is_told_once() -> None:
    council = erased()
    council.there |= {(CONNECT, name(2)), (CONNECT, name(MANY - 1))}
    council.lines[council.object_of(MANY - 2)].append(name(MANY - 2))
    nights(council, 1)
    assert council.there == set()
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}
    assert council.said == ["Erased Data Reappeared 3", "reappeared 3"]
    nights(council, 1)
    assert len(council.said) == 2


def test_what_came_back_is_told_though_the_run_that_removed_it_died() -> None:
    council = erased()
    council.there.add((CONNECT, name(2)))
    council.at += timedelta(days=1)
    council.ask("replay")
    # It begins to remove it, announces that, and dies.
    council.dies_after = council.calls + 2
    council.work_off()
    assert council.deaths == 1
    assert council.there == set()
    assert council.said == ["Erased Data Reappeared 1", "reappeared 1"]


def test_what_came_back_and_is_held_by_now_is_not_told_as_removed() -> None:
    council = erased()
    council.there.add(("call_recording", f"{name(2)}.wav"))
    council.locked = {f"{name(2)}.wav"}
    council.tomorrow()
    assert not [one for one in council.said if "eappeared" in one]


def test_a_look_that_nobody_ended_is_ended_in_the_next_night_which_looks_at_everything_too() -> None:
    council = erased()
    council.at += timedelta(days=1)
    council.ask("replay")
    council.deliver()
    # Its message is lost.
    council.queue.clear()
    assert 0 < len(council.looked) < MANY
    nights(council, 1)
    assert all(council.at in council.looked[name(one)] for one in range(MANY))


def test_later_nights_read_only_what_is_new_but_not_before_the_last_thorough_look_came_to_its_end() -> None:
    council = erased(30)
    nights(council, 7)
    assert council.read
    # The eighth night, and a month of them, do not happen.
    council.at += timedelta(days=30)
    council.read.clear()
    nights(council, 1)
    assert {key for _, key in council.read} == set(council.lines)
    assert council.stands is not None
    council.since.clear()
    nights(council, 1)
    assert council.since == {council.at - timedelta(days=2)}


def test_what_waited_for_a_hold_goes_once_it_ends_and_is_told_once_though_the_night_takes_several_runs() -> None:
    council = Council(MANY)
    council.hindered = {name(0): Hindrance(ground="hold"), name(MANY - 1): Hindrance(ground="hold")}
    council.erased()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE_IN_PART
    assert len(council.stands.of(ArtefactStatus.DEFERRED)) == 6
    council.said.clear()
    nights(council, 2)
    assert council.said == []
    council.hindered.clear()
    nights(council, 1)
    assert council.stands.status.value == "done"
    assert council.there == set()
    assert [one for one in council.said if one.startswith("finished")] == ["finished done"]


def test_planned_lines_that_are_there_but_could_not_be_read_before_keep_no_pass_from_its_end() -> None:
    council = Council(7, steps=3)
    council.ask("plan")
    council.work_off()
    council.approve()
    council.dies_after = council.calls + 1
    for _ in range(3):
        council.deliver()
    # Two objects are refused while the pass goes by them, and given once it asks for what it did not find.
    for number in (0, 1):
        council.denied[council.object_of(number)] = Throttled("s3.GetObject", "SlowDown")
    council.deliver()
    council.denied.clear()
    council.work_off()
    assert council.stands is not None
    assert council.stands.status is ErasureStatus.DONE
    assert {one for lines in council.lines.values() for one in lines} == {"a neighbour"}
