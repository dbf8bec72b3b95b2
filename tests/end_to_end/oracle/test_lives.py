"""Random lives of cases come out as an independent oracle says that the text promises."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from simulator.scenarios.results.shapes import HoldState, State
from tests.end_to_end.conftest import BARNET, Play
from tests.end_to_end.oracle.hostile import hostile_world
from tests.end_to_end.oracle.lives import BEGIN, SAID, SIGNALS, world
from tests.end_to_end.oracle.oracle import Caller, Move, Oracle, Promise


def _differences(hold: HoldState, promise: Promise) -> list[str]:
    """Return what a row says otherwise than promised."""
    received = (hold.received_on, hold.received_on_assumed)
    said = {
        "status": (hold.status, promise.statuses),
        "reason": (hold.reason, promise.reasons),
        "stage": (hold.stage, promise.stages),
        "hold_until": (hold.hold_until, promise.ends),
        "open_ended": (hold.open_ended, None if promise.open_ended is None else {promise.open_ended}),
        "received": (received, promise.received),
    }
    return [
        f"{name}: {value}, not of {allowed}"
        for name, (value, allowed) in said.items()
        if allowed is not None and value not in allowed
    ]


def _judge(
    state: State, policy: Path, callers: Sequence[Caller], moves: Sequence[Move], late: timedelta = timedelta(0)
) -> list[str]:
    """Return every sentence in which a life came out otherwise; copies may leave so much later."""
    oracle = Oracle(policy, callers)
    oracle.live(moves, state.now)
    ids = {caller.id for caller in callers}
    rows = {(hold.case.casefold(), hold.contact_id): hold for hold in state.holds if hold.contact_id in ids}
    promises = oracle.promises()
    wrong = [f"{key}: {'not promised' if key in rows else 'no row'}" for key in rows.keys() ^ promises.keys()]
    for key in rows.keys() & promises.keys():
        wrong += [f"{key}: {one}" for one in _differences(rows[key], promises[key])]
    vague = {contact for (_, contact), row in oracle.rows.items() if row.vague}
    for contact in sorted(ids - vague):
        # A manifest belongs to its case and leaves with it; copies are shared by all cases of the contact.
        gone = [
            one.at
            for one in state.disposals
            if one.store == "legal_hold" and one.key.startswith(contact) and "/manifests/" not in one.key
        ]
        windows = [(one.first, one.last + late) for one in oracle.leaving[contact]]
        wrong += [f"{contact}: copies left at {at}" for at in gone if not any(a <= at <= b for a, b in windows)]
        wrong += [f"{contact}: copies stayed after {b}" for a, b in windows if not any(a <= at <= b for at in gone)]
    return wrong


def _wrong(play: Play, policy: Path, seed: int, lives: int, days: int) -> list[str]:
    made = world(seed, lives, days)
    state = play(made.story(), policy=policy)
    return [f"seed {seed}: {one}" for life in made.lives for one in _judge(state, policy, [life.caller], life.moves)]


def _wrong_of_several(play: Play, policy: Path, seed: int, stories: int, days: int) -> list[str]:
    made = hostile_world(seed, stories, days)
    state = play(made.told(), policy=policy)
    return [
        f"hostile seed {seed}: {one}"
        for story in made.stories
        for one in _judge(state, policy, story.callers, story.moves, late=timedelta(days=1))
    ]


OF_EVERY_KIND = (49, 6, 40)
"""Of the first hundreds of seeds the one whose six lives, in forty days, have most kinds of moves, signals, reasons,
stages and faults, with copies that leave."""


def test_six_lives_in_which_everything_happens_come_out_as_the_text_promises(play: Play) -> None:
    lives = world(*OF_EVERY_KIND).lives
    moves = [move for life in lives for move in life.moves]
    assert {move.kind for move in moves} == {*SAID, "asked", "approved", "rejected", "forged"}
    assert {move.signal for move in moves if move.kind == "flagged"} == {*SIGNALS, "event", "contact_tags"}
    oracle = Oracle(BARNET, [life.caller for life in lives])
    oracle.live(sorted(moves, key=lambda move: move.at), BEGIN + timedelta(days=40))
    assert sum(bool(windows) for windows in oracle.leaving.values()) > 1
    assert _wrong(play, BARNET, *OF_EVERY_KIND) == []


COUNCILS = ("barnet", "somerset", "powys", "kensington-and-chelsea", "rhondda-cynon-taf")
WORLDS = int(os.environ.get("ORACLE_WORLDS", "0"))
"""How many worlds to judge for each council: of fifty lives, or of twenty-five hostile stories. With 2, 500 lives."""
FIRST = int(os.environ.get("ORACLE_FIRST", "0"))
"""The number of the first world: another number makes other worlds."""


@pytest.mark.prove
@pytest.mark.parametrize(("council", "seed"), [("barnet", 1), ("somerset", 12), ("rhondda-cynon-taf", 21)])
def test_fifteen_lives_of_a_council_come_out_as_the_text_promises(play: Play, council: str, seed: int) -> None:
    assert _wrong(play, Path("policies") / f"{council}.toml", seed, 15, 120) == []


@pytest.mark.prove
@pytest.mark.skipif(not WORLDS, reason="set ORACLE_WORLDS to the number of worlds for each council")
@pytest.mark.parametrize("number", range(FIRST, FIRST + WORLDS))
@pytest.mark.parametrize("council", COUNCILS)
def test_hundreds_of_lives_come_out_as_the_text_promises(play: Play, council: str, number: int) -> None:
    seed = 101 + COUNCILS.index(council) + 10 * number
    assert _wrong(play, Path("policies") / f"{council}.toml", seed, 50, 120) == []


@pytest.mark.prove
def test_eight_hostile_stories_of_several_contacts_come_out_as_the_text_promises(play: Play) -> None:
    assert _wrong_of_several(play, BARNET, 7, 8, 90) == []


@pytest.mark.prove
@pytest.mark.skipif(not WORLDS, reason="set ORACLE_WORLDS to the number of worlds for each council")
@pytest.mark.parametrize("number", range(FIRST, FIRST + WORLDS))
@pytest.mark.parametrize("council", COUNCILS)
def test_hundreds_of_hostile_stories_come_out_as_the_text_promises(play: Play, council: str, number: int) -> None:
    seed = 501 + COUNCILS.index(council) + 10 * number
    assert _wrong_of_several(play, Path("policies") / f"{council}.toml", seed, 25, 120) == []
