"""Try mutants, each in a copy of one process that has imported everything and collected the tests: a pytest plugin.

Every test is run once as it is, which shows the lines that it reaches. Then, for each mutant, the process is forked,
the changed function takes the place of the one in memory, and the tests that reach the changed lines run until one
fails.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import process_time
from types import FunctionType
from typing import Final

import coverage
import pytest

from tests.mutants.forks import Ended, allow, in_forks
from tests.mutants.putting import Mutant, functions_of, put

_LONGEST: Final = 900.0
"""Seconds by the clock after which any copy is given up, whatever it waits for."""
_TIMES: Final = 10
_AT_LEAST: Final = 5.0
"""A test may use the processor ten times as long as it did by itself, and five seconds, before it counts as endless."""


@dataclass(frozen=True)
class Reached:
    """What the tests did by themselves: the tests that reach each line, and what each of them costs.

    ``weight`` is how many lines of those files a test reaches: those that reach few say best what they are about, and
    run first. ``seconds`` are the processor's.
    """

    lines: dict[tuple[str, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    weight: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def add(self, more: Reached) -> None:
        """Take in what other tests did."""
        for place, tests in more.lines.items():
            self.lines[place] |= tests
        for test, lines in more.weight.items():
            self.weight[test] += lines
        self.seconds.update(more.seconds)
        self.failed.extend(more.failed)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that reach what the mutant changes, or its function where no line can be told."""
        for lines in (mutant.lines, mutant.within):
            tests = {test for line in lines for test in self.lines.get((str(mutant.file), line), ())}
            if tests:
                return sorted(tests, key=lambda test: (self.weight[test], test))
        return []


class Judge:
    """The plugin. After pytest has run with it, ``verdicts`` says for each mutant what became of it.

    Where there are none, ``reached.failed`` names the tests that fail as things are, or ``problem`` says what happened.

    ``killed``, ``endless``, ``survived``, ``no test``, or ``broken off`` for one whose process died.
    """

    def __init__(self, mutants: Sequence[Mutant], *, at_once: int, heard: Callable[[Mutant, str], None]) -> None:
        """Try those mutants, so many at once; ``heard`` gets each verdict as soon as there is one."""
        self.mutants = mutants
        self.at_once = at_once
        self.heard = heard
        self.verdicts: dict[str, str] = {}
        self.reached = Reached()
        self.problem = ""
        self._failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Let properties have the same few examples each time: the score depends on no luck."""
        from hypothesis import HealthCheck, settings  # noqa: PLC0415 - pytest has to see to it first

        settings.register_profile(
            "mutants",
            max_examples=10,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Take the place of running one test after another; leave it to pytest to refuse what it cannot collect."""
        if session.testsfailed:
            return None
        session.config.pluginmanager.unregister(name="terminalreporter")
        items = {item.nodeid: item for item in session.items}
        live = functions_of(self.mutants)
        gc.freeze()
        by_file: dict[Path, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            by_file[item.path].append(item)
        for _, ended in in_forks(
            [partial(self._reach, group) for group in by_file.values()], at_once=self.at_once, seconds=_LONGEST
        ):
            if ended.died:
                self.problem = ended.said or "the process of the tests died"
                return True
            self.reached.add(ended.answer)
        if self.reached.failed:
            return True
        tests = {mutant.name: self.reached.tests_of(mutant) for mutant in self.mutants}
        tried = [mutant for mutant in self.mutants if tests[mutant.name]]
        for mutant in self.mutants:
            if not tests[mutant.name]:
                self._decided(mutant, "no test")
        works = [
            partial(self._try, mutant, [items[test] for test in tests[mutant.name]], live[mutant.name])
            for mutant in tried
        ]
        for number, ended in in_forks(works, at_once=self.at_once, seconds=_LONGEST):
            self._decided(tried[number], _verdict(ended))
        return True

    def _decided(self, mutant: Mutant, verdict: str) -> None:
        self.verdicts[mutant.name] = verdict
        self.heard(mutant, verdict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test failed, in whichever of its phases."""
        self._failed = self._failed or report.failed

    def _reach(self, items: Sequence[pytest.Item]) -> Reached:
        files = sorted({str(mutant.file) for mutant in self.mutants})
        watcher = coverage.Coverage(data_file=None, include=files, config_file=False, messages=False)
        # The other core notes a line for the first test alone that reaches it.
        watcher.set_option("run:core", "ctrace")
        watcher.set_option("run:disable_warnings", ["no-data-collected"])
        reached = Reached()
        watcher.start()
        for item, following in _with_next(items):
            watcher.switch_context(item.nodeid)
            before = process_time()
            if not self._passes(item, following):
                reached.failed.append(item.nodeid)
            reached.seconds[item.nodeid] = process_time() - before
        watcher.stop()
        data = watcher.get_data()
        for file in data.measured_files():
            for line, contexts in data.contexts_by_lineno(file).items():
                tests = {context for context in contexts if context}
                reached.lines[file, line] |= tests
                for test in tests:
                    reached.weight[test] += 1
        return reached

    def _try(self, mutant: Mutant, items: Sequence[pytest.Item], live: Sequence[FunctionType]) -> str:
        put(mutant, live)
        for item, following in _with_next(items):
            allow(_AT_LEAST + _TIMES * self.reached.seconds[item.nodeid])
            if not self._passes(item, following):
                return "killed"
        return "survived"

    def _passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        self._failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self._failed


def _verdict(ended: Ended) -> str:
    if ended.out_of_time:
        return "endless"
    return "broken off" if ended.died else str(ended.answer)


def _with_next(items: Sequence[pytest.Item]) -> Iterator[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)
