"""One invocation of one function: its virtual duration, its calls to AWS, its possible sudden end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.aws.time.virtual_time import VirtualClock


class Crash(BaseException):
    """The end of an execution environment: a time-out, or a process that died. No handler catches it."""


class FunctionError(Exception):
    """A synchronous invocation failed: what Lambda reports with ``X-Amz-Function-Error``."""

    def __init__(self, function: str, error_type: str, message: str) -> None:
        super().__init__(f"{function} failed: {error_type}: {message}")
        self.function = function
        self.error_type = error_type
        self.message = message


@dataclass(frozen=True)
class FunctionSpec:
    """A function as its template describes it. ``timeout`` is in seconds, ``memory`` in MB."""

    name: str
    short_name: str
    arn: str
    logical_id: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    environment: Mapping[str, str]
    timeout: int
    memory: int
    role: str = ""
    dead_letter_arn: str | None = None
    concurrency: int | None = None


class Outcome(NamedTuple):
    """What became of an invocation. ``elapsed`` is its virtual duration in seconds."""

    response: Any
    error: FunctionError | None
    elapsed: float


class LogLine(NamedTuple):
    """One line that a handler wrote."""

    at: datetime
    function: str
    text: str


@dataclass
class Invocation:
    """The running invocation."""

    spec: FunctionSpec
    clock: VirtualClock
    request_id: str
    kill_after: int | None = None
    elapsed: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    dead: str = ""

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass; crash when the function's time-out is reached."""
        self.check_alive()
        remaining = self.spec.timeout - self.elapsed
        step = min(max(seconds, 0.0), remaining)
        self.elapsed += step
        self.clock.advance(step)
        if seconds >= remaining:
            self.crash(f"Task timed out after {self.spec.timeout:.2f} seconds")

    def crash(self, reason: str) -> None:
        """End this invocation at once: raises Crash, with that reason as the text."""
        self.dead = reason
        raise Crash(reason)

    def check_alive(self) -> None:
        """Raise Crash in an invocation that has ended: a ``finally`` that still runs here would not on Lambda."""
        if self.dead:
            raise Crash(self.dead)


@dataclass(frozen=True)
class FunctionUrl:
    """The address of a function. ``auth_type`` is AWS_IAM or NONE."""

    address: str
    function: str
    auth_type: str


class LambdaContext:
    """The context object that Lambda passes to a Python handler."""

    log_group_name: str
    log_stream_name = "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef"
    function_version = "$LATEST"
    identity = None
    client_context = None
    tenant_id = None

    def __init__(self, invocation: Invocation) -> None:
        self._invocation = invocation
        self.function_name = invocation.spec.name
        self.invoked_function_arn = invocation.spec.arn
        self.memory_limit_in_mb = str(invocation.spec.memory)
        self.aws_request_id = invocation.request_id
        self.log_group_name = f"/aws/lambda/{invocation.spec.name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left before the time-out."""
        return max(0, int((self._invocation.spec.timeout - self._invocation.elapsed) * 1000))
