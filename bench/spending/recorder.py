"""Watches a world: what a stretch of a story called, what it logged, what S3 told, and what each function was asked."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from simulator.aws.account.account import EmbeddedAws

_client: Any = BaseClient
_make_api_call = _client._make_api_call  # noqa: SLF001 - the one door of every call


@dataclass
class Invocation:
    """One invocation: what the function was asked, and what AWS answered, call by call."""

    payload: object
    answers: list[tuple[str, Any]] = field(default_factory=list)


@dataclass
class Spent:
    """What a stretch of a story cost."""

    invocations: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    by_function: dict[str, Counter[str]] = field(default_factory=dict)
    log_bytes: int = 0
    s3_events: int = 0
    transaction_rows: int = 0

    @property
    def total_calls(self) -> int:
        """Return the number of calls to AWS."""
        return sum(self.calls.values())

    def of(self, function: str) -> Spent:
        """Return the invocations and calls of one function."""
        calls = self.by_function.get(function, Counter())
        invocations = Counter({function: self.invocations[function]})
        return Spent(invocations=invocations, calls=calls, by_function={function: calls})


class Recorder:
    """Counts stretches of a story in one world and keeps the busiest invocation of each function in ``busiest``."""

    def __init__(self, world: EmbeddedAws, busiest: dict[str, Invocation] | None = None) -> None:
        self.world = world
        self.busiest = {} if busiest is None else busiest
        self._running: list[Invocation] = []
        self._s3_events = 0
        self._rows = 0
        world.router.observers.append(self._event)
        world.wire.observers.append(self._call)
        self._run = world.functions.run

    def _event(self, _: str, event: Any) -> None:  # noqa: ANN401 - as EventBridge's
        self._s3_events += event["source"] == "aws.s3"

    def _call(self, _: str, __: str, operation: str, parameters: dict[str, Any]) -> None:
        if operation == "TransactWriteItems":
            self._rows += len(json.loads(parameters["body"])["TransactItems"])

    @contextmanager
    def spending(self) -> Iterator[Spent]:
        """Count what happens inside."""
        before = {name: Counter(calls) for name, calls in self.world.calls.items()}
        logs, events, rows = len(self.world.logs), self._s3_events, self._rows
        spent = Spent()
        yield spent
        for name, calls in self.world.calls.items():
            more = Counter(calls) - before.get(name, Counter())
            spent.invocations[name] += more.pop("invocations", 0)
            spent.calls.update(more)
            spent.by_function[name] = more
        spent.invocations = +spent.invocations
        spent.log_bytes = sum(len(line.text) + 1 for line in self.world.logs[logs:])
        spent.s3_events = self._s3_events - events
        spent.transaction_rows = self._rows - rows

    @contextmanager
    def keeping_invocations(self) -> Iterator[None]:
        """Keep what functions are asked and what AWS answers them, so that it can be replayed without AWS."""

        def run(name: str, payload: object) -> Any:  # noqa: ANN401
            invocation = Invocation(copy.deepcopy(payload))
            self._running.append(invocation)
            try:
                return self._run(name, payload)
            finally:
                self._running.pop()
                short_name = self.world.functions.find(name).short_name
                kept = self.busiest.get(short_name)
                if kept is None or len(kept.answers) < len(invocation.answers):
                    self.busiest[short_name] = invocation

        def make_api_call(client: Any, operation: str, parameters: Any) -> Any:  # noqa: ANN401
            if not self._running or self.world.functions.running() is None:
                return _make_api_call(client, operation, parameters)
            answers = self._running[-1].answers
            try:
                answer = _make_api_call(client, operation, parameters)
            except Exception as error:
                answers.append((operation, error))
                raise
            answers.append((operation, answer if "Body" in answer else copy.deepcopy(answer)))
            return answer

        with (
            patch.object(self.world.functions, "run", run),
            patch.object(BaseClient, "_make_api_call", make_api_call),
        ):
            yield
