"""What is told beside something else: it comes in order, fails where it is asked for, and is not waited for."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from simulator.demo.beside import beside
from simulator.scenarios.errors import ScenarioError


def twice(number: int) -> int:
    if number < 0:
        raise ScenarioError("is negative", field="number")
    if number == 0:
        os._exit(1)
    return 2 * number


def for_ever(number: int) -> int:
    threading.Event().wait()
    return number


def outlives_an_interrupt(number: int) -> int:
    os.kill(os.getpid(), signal.SIGINT)
    return number


def test_what_is_told_comes_in_the_order_in_which_it_was_asked_for() -> None:
    with beside(twice, [1, 2, 3]) as told:
        assert list(told) == [2, 4, 6]


def test_a_story_that_cannot_be_told_fails_where_it_is_asked_for() -> None:
    with beside(twice, [1, -1]) as told:
        assert next(told) == 2
        with pytest.raises(ScenarioError, match="number: is negative"):
            next(told)


def test_a_process_that_ends_by_itself_is_a_sentence_and_not_a_wait() -> None:
    with beside(twice, [0]) as told, pytest.raises(ScenarioError, match="has ended"):
        next(told)


def test_nobody_waits_for_a_story_that_is_not_asked_for() -> None:
    with beside(for_ever, [1]):
        pass


def test_an_interrupt_is_for_whoever_shows_the_stories() -> None:
    before = signal.getsignal(signal.SIGINT)
    with beside(outlives_an_interrupt, [1]) as told:
        assert list(told) == [1]
    assert signal.getsignal(signal.SIGINT) is before
