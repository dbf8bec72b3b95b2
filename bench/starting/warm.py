"""Group 3: our own CPU for an invocation with AWS answering at once, its memory, and what it imported for nothing."""

from __future__ import annotations

import copy
import gc
import io
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import FrameType
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from bench import stories
from bench.figures import Figure, Kind
from bench.spending.recorder import Invocation
from bench.starting.cold import beyond_bare, families
from simulator.aws.account.account import EmbeddedAws
from simulator.aws.account.start import embedded_aws
from simulator.aws.lambda_.environment import ExecutionEnvironment
from simulator.aws.lambda_.invocation import Invocation as Running
from simulator.aws.lambda_.invocation import LambdaContext

GROUP = "warm"
ROUNDS = 60
BOUNDS = {"control_recording": 1.0, "send_sms": 3.0, "record_consent": 3.0}
"""Milliseconds. A time of this machine, not a ratio: the issue gives it as one."""


def figures(busiest: Mapping[str, Invocation], say: Callable[[str], None]) -> Iterator[Figure]:
    """Yield the figures of the group from what the functions were asked and answered in the stories of group 1."""
    with embedded_aws(stories.assembly(), stories.START) as world:
        for name in sorted(busiest):
            say(f"warm {name}")
            measured = _measure(world, name, busiest[name])
            told = f"its busiest story: {len(busiest[name].answers)} calls"
            yield Figure(GROUP, f"{name}, CPU ms", measured.seconds * 1000, Kind.NOTE, BOUNDS.get(name), told)
            yield Figure(GROUP, f"{name}, memory peak of an invocation, kB", measured.peak / 1000, Kind.NOTE)
            files = {module: measured.files.get(module) or "" for module in beyond_bare(world.functions.find(name))}
            # What is written in C has no function that could be seen to run.
            imported = {module: file for module, file in files.items() if file.endswith(".py")}
            idle = frozenset(module for module, file in imported.items() if file not in measured.executed)
            yield Figure(
                GROUP,
                f"{name}, modules imported of which nothing ran",
                len(idle),
                Kind.NOTE,
                None,
                f"of {len(imported)}: {families(idle)}",
            )


@dataclass(frozen=True)
class _Measured:
    seconds: float
    peak: int
    files: Mapping[str, str | None]
    """The file of each module that is loaded."""
    executed: frozenset[str]
    """The files of which a function ran."""


def _measure(world: EmbeddedAws, name: str, invocation: Invocation) -> _Measured:
    spec = world.functions.find(name)
    environment = ExecutionEnvironment(spec, account=world.account, region=world.region)
    running = Running(spec=spec, clock=world.clock, request_id="00000000-0000-4000-8000-000000000000")
    context = LambdaContext(running)
    script: list[tuple[str, Any]] = []

    def answered(_: object, operation: str, __: object) -> Any:  # noqa: ANN401 - any answer
        expected, answer = script.pop(0)
        if expected != operation:
            raise AssertionError(f"{name} asked {operation} where it had asked {expected}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    executed: set[str] = set()

    def saw(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_name != "<module>":
            executed.add(frame.f_code.co_filename)

    with redirect_stdout(io.StringIO()), environment.entered(), patch.object(BaseClient, "_make_api_call", answered):
        handler = environment.handler()

        def once() -> float:
            script[:] = [(operation, _fresh(answer)) for operation, answer in invocation.answers]
            payload = copy.deepcopy(invocation.payload)
            began = time.process_time()
            handler(payload, context)
            return time.process_time() - began

        sys.setprofile(saw)
        once()
        sys.setprofile(None)
        gc.disable()
        times = [once() for _ in range(ROUNDS)]
        gc.enable()
        tracemalloc.start()
        once()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        files = {module: getattr(loaded, "__file__", None) for module, loaded in sys.modules.items()}
    return _Measured(statistics.median(times), peak, files, frozenset(executed))


def _fresh(answer: Any) -> Any:  # noqa: ANN401
    return answer if isinstance(answer, Exception) or "Body" in answer else copy.deepcopy(answer)
