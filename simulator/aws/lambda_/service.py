"""Lambda: synchronous and asynchronous invocation of the deployed functions."""

from __future__ import annotations

import io
import json
import sys
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from simulator.aws.lambda_.environment import ExecutionEnvironment
from simulator.aws.lambda_.invocation import (
    Crash,
    FunctionError,
    FunctionSpec,
    Invocation,
    LambdaContext,
    LogLine,
    Outcome,
)
from simulator.aws.lambda_.settings_api import LambdaSettings

if TYPE_CHECKING:
    from simulator.aws.lambda_.invocation import FunctionUrl
    from simulator.aws.time.virtual_time import EventQueue, VirtualClock

_RETRY_DELAYS: Final = (timedelta(minutes=1), timedelta(minutes=2))
"""Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation"."""

_NOT_YET_KNOWN: Final = datetime.max.replace(tzinfo=UTC)

Send = Callable[[str, str], None]
"""Puts a text into the queue, topic or function with that ARN."""


@dataclass(frozen=True)
class AsyncSettings:
    """What ``AWS::Lambda::EventInvokeConfig`` says of a function."""

    retries: int = 2
    on_failure: str | None = None


class UnknownFunction(Exception):
    """No deployed function has that name."""


class Functions:
    """Every deployed function by name, short name, logical id and ARN."""

    def __init__(self, clock: VirtualClock, agenda: EventQueue, *, account: str, region: str) -> None:
        self.logs: list[LogLine] = []
        self.calls: dict[str, Counter[str]] = {}
        self.urls: dict[str, FunctionUrl] = {}
        """The address of each function that has one, by the function's name."""
        self.send: Send = _nowhere
        self.observers: list[Callable[[Invocation, Outcome], None]] = []
        """Told of every invocation when it is over; the clock shows its start."""
        self.settings = LambdaSettings()
        """What Lambda answers of them."""
        self.passes_over: Callable[[str, object], bool] = lambda *_: False
        """Whether an asynchronous invocation of that function with that payload is left out."""
        self._clock = clock
        self._agenda = agenda
        self._place = {"account": account, "region": region}
        self._specs: dict[str, FunctionSpec] = {}
        self._by_any_name: dict[str, FunctionSpec] = {}
        self._environments: dict[str, list[ExecutionEnvironment]] = {}
        self._async: dict[str, AsyncSettings] = {}
        self._kills: dict[str, int] = {}
        self._stack: list[Invocation] = []

    def __iter__(self) -> Iterator[FunctionSpec]:
        """Go through every function."""
        return iter(self._specs.values())

    def add(self, spec: FunctionSpec) -> None:
        """Make a function known."""
        self._specs[spec.name] = spec
        for name in (spec.name, spec.arn, spec.logical_id, spec.short_name):
            self._by_any_name.setdefault(name, spec)

    def remove(self, name: str) -> None:
        """Forget the function of that physical name; raises KeyError where there is none."""
        spec = self._specs.pop(name)
        self._environments.pop(name, None)
        self._by_any_name = {key: one for key, one in self._by_any_name.items() if one is not spec}

    def replace(self, spec: FunctionSpec) -> None:
        """Exchange the function of that name for another; its address and asynchronous settings stay.

        Raises KeyError where there is none.
        """
        self.remove(spec.name)
        self.add(spec)

    def find(self, name: str) -> FunctionSpec:
        """Return the function of that name, folder name, logical id or ARN (a qualifier is ignored).

        Raises UnknownFunction, which names those that are deployed.
        """
        arn = ":".join(name.split(":")[:7]) if name.startswith("arn:") else name
        try:
            return self._by_any_name[arn]
        except KeyError:
            known = ", ".join(sorted(spec.short_name for spec in self))
            raise UnknownFunction(f"no function {name!r} is deployed; there are: {known or 'none'}") from None

    def set_async(self, name: str, settings: AsyncSettings) -> None:
        """Set retries and destination of asynchronous invocations."""
        self._async[self.find(name).name] = settings

    def kill_after(self, name: str, calls: int) -> None:
        """Let the next invocation die right after that many AWS calls have taken effect."""
        self._kills[self.find(name).name] = calls

    def running(self) -> Invocation | None:
        """Return the invocation that is running now, the innermost if one invoked another."""
        return self._stack[-1] if self._stack else None

    def sleep(self, seconds: float) -> None:
        """Wait, virtually; outside an invocation nothing waits."""
        invocation = self.running()
        if invocation is not None:
            invocation.sleep(seconds)

    def run(self, name: str, payload: object) -> Outcome:
        """Invoke once, now, and return what became of it. The clock is back at its start afterwards."""
        spec = self.find(name)
        start = self._clock.now()
        environment = self._idle_environment(spec, start)
        invocation = Invocation(
            spec=spec,
            clock=self._clock,
            request_id=str(uuid.uuid4()),
            kill_after=self._kills.pop(spec.name, None),
        )
        response, error = None, None
        environment.busy_until = _NOT_YET_KNOWN
        self._stack.append(invocation)
        try:
            with self._captured(invocation), environment.entered():
                response, error = _call(environment, invocation, payload)
        finally:
            self._stack.pop()
            self._clock.set(start)
            self._count(invocation)
            environment.busy_until = start + timedelta(seconds=invocation.elapsed)
        if invocation.dead or (error is not None and error.error_type.startswith("Runtime.")):
            self._environments[spec.name].remove(environment)
        outcome = Outcome(response, error, invocation.elapsed)
        for observer in self.observers:
            observer(invocation, outcome)
        return outcome

    def _idle_environment(self, spec: FunctionSpec, now: datetime) -> ExecutionEnvironment:
        """Return a warm environment in which nothing runs at that moment, or a new one.

        Lambda developer guide, "Lambda execution environment": one environment handles one invocation at a time.
        """
        pool = self._environments.setdefault(spec.name, [])
        idle = next((one for one in pool if one.busy_until is None or one.busy_until <= now), None)
        if idle is None:
            idle = ExecutionEnvironment(spec, **self._place)
            pool.append(idle)
        return idle

    def invoke(self, name: str, payload: object) -> Any:  # noqa: ANN401 - a handler answers any JSON
        """Invoke synchronously; return the response, or raise ``FunctionError``."""
        outcome = self.run(name, payload)
        if outcome.error is not None:
            raise outcome.error
        return outcome.response

    def invoke_later(self, name: str, payload: object, *, retries: int | None = None) -> None:
        """Invoke asynchronously, as a rule or a schedule does: up to two retries, then the failure's destination."""
        spec = self.find(name)
        if self.passes_over(spec.short_name, payload):
            return
        settings = self._async.get(spec.name, AsyncSettings())
        allowed = settings.retries if retries is None else min(retries, settings.retries)

        def attempt(number: int) -> None:
            outcome = self.run(spec.name, payload)
            if outcome.error is None:
                return
            ended = self._clock.now() + timedelta(seconds=outcome.elapsed)
            if number < allowed:
                delay = _RETRY_DELAYS[min(number, len(_RETRY_DELAYS) - 1)]
                self._agenda.at(ended + delay, lambda: attempt(number + 1))
            else:
                self._agenda.at(ended, lambda: self._give_up(spec, settings, payload, outcome.error, number + 1))

        self._agenda.at(self._clock.now(), lambda: attempt(0))

    def _give_up(
        self, spec: FunctionSpec, settings: AsyncSettings, payload: object, error: FunctionError | None, attempts: int
    ) -> None:
        if settings.on_failure and error is not None:
            record = {
                "version": "1.0",
                "timestamp": self._clock.now().isoformat().replace("+00:00", "Z"),
                "requestContext": {
                    "requestId": str(uuid.uuid4()),
                    "functionArn": f"{spec.arn}:$LATEST",
                    "condition": "RetriesExhausted",
                    "approximateInvokeCount": attempts,
                },
                "requestPayload": payload,
                "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
                "responsePayload": {"errorMessage": error.message, "errorType": error.error_type},
            }
            self.send(settings.on_failure, json.dumps(record))
        if spec.dead_letter_arn:
            self.send(spec.dead_letter_arn, json.dumps(payload))

    def _count(self, invocation: Invocation) -> None:
        counts = self.calls.setdefault(invocation.spec.short_name, Counter())
        counts["invocations"] += 1
        counts.update(invocation.calls)

    @contextmanager
    def _captured(self, invocation: Invocation) -> Iterator[None]:
        def take(text: str) -> None:
            at = self._clock.now()
            self.logs.extend(LogLine(at, invocation.spec.short_name, line) for line in text.splitlines() if line)

        outside = sys.stdout, sys.stderr
        _OUTPUT.sinks.append(take)
        sys.stdout = sys.stderr = _OUTPUT
        try:
            yield
        finally:
            sys.stdout, sys.stderr = outside
            _OUTPUT.sinks.pop()


class _Output(io.TextIOBase):
    """Standard output of whichever function is running.

    One object for the whole process, because loggers keep the stream they first saw.
    """

    def __init__(self) -> None:
        super().__init__()
        self.sinks: list[Callable[[str], None]] = []

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.sinks:
            self.sinks[-1](text)
        return len(text)


_OUTPUT: Final = _Output()


def _call(
    environment: ExecutionEnvironment, invocation: Invocation, payload: object
) -> tuple[Any, FunctionError | None]:
    short_name = invocation.spec.short_name
    try:
        try:
            handler = environment.handler()
        except Exception as error:  # noqa: BLE001 - whatever an import raises, Lambda reports it
            traceback.print_exc()
            return None, FunctionError(short_name, "Runtime.ImportModuleError", f"{type(error).__name__}: {error}")
        response = handler(json.loads(json.dumps(payload)), LambdaContext(invocation))
    except Crash as crash:
        sys.stdout.write(f"{crash}\n")
        return None, FunctionError(
            short_name, "Sandbox.Timedout" if "timed out" in str(crash) else "Runtime.ExitError", str(crash)
        )
    except SystemExit as stop:
        return None, FunctionError(short_name, "Runtime.ExitError", f"the handler exited with {stop.code}")
    except Exception as error:  # noqa: BLE001 - whatever a handler raises, Lambda reports it
        traceback.print_exc()
        return None, FunctionError(short_name, type(error).__name__, str(error))
    try:
        return json.loads(json.dumps(response)), None
    except TypeError as error:
        return None, FunctionError(short_name, "Runtime.MarshalError", str(error))


def _nowhere(arn: str, _: str) -> None:
    raise UnknownFunction(f"nothing was wired to deliver to {arn}")
