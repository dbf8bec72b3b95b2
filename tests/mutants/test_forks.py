from __future__ import annotations

import itertools
import os
import time
from functools import partial
from pathlib import Path

import pytest

from tests.mutants.forks import Ended, allow, in_forks


def _loop() -> str:
    allow(0.0)
    for _ in itertools.count():
        pass
    return "never"


def _wait(seconds: float) -> str:
    time.sleep(seconds)
    return "waited"


def _break() -> str:
    raise ValueError("broken")


def test_each_work_is_done_in_a_copy_and_answers_under_its_own_number() -> None:
    changed: list[int] = []

    def change(number: int) -> tuple[int, bool]:
        changed.append(number)
        return number, os.getpid() != parent

    parent = os.getpid()
    done = dict(in_forks([partial(change, number) for number in range(5)], at_once=2, seconds=60))

    assert done == {number: Ended(answer=(number, True)) for number in range(5)}
    assert changed == []


def test_a_large_answer_comes_whole() -> None:
    [(_, ended)] = in_forks([lambda: "a" * 1_000_000], at_once=1, seconds=60)

    assert ended == Ended(answer="a" * 1_000_000)


def test_what_uses_more_of_the_processor_than_it_may_is_out_of_time() -> None:
    assert dict(in_forks([_loop], at_once=1, seconds=600)) == {0: Ended(died=True, out_of_time=True)}


def test_what_waits_longer_than_it_may_is_out_of_time() -> None:
    assert dict(in_forks([partial(_wait, 600.0)], at_once=1, seconds=0.1)) == {0: Ended(died=True, out_of_time=True)}


def test_what_raises_has_died_and_says_so_and_the_others_are_done() -> None:
    done = dict(in_forks([_break, partial(_wait, 0.0)], at_once=2, seconds=60))

    assert done[0].died
    assert "ValueError: broken" in done[0].said
    assert done[1] == Ended(answer="waited")


def test_whoever_stops_waiting_leaves_no_copy_behind(tmp_path: Path) -> None:
    known = tmp_path / "number"

    def stay() -> None:
        known.write_text(str(os.getpid()), encoding="utf-8")
        time.sleep(600)

    def wait_for_the_other() -> None:
        while not known.exists() or not known.read_text(encoding="utf-8"):
            time.sleep(0.01)

    works = in_forks([stay, wait_for_the_other], at_once=2, seconds=60)
    next(works)
    works.close()

    with pytest.raises(ProcessLookupError):
        os.kill(int(known.read_text(encoding="utf-8")), 0)
