"""Run a piece of work in a copy of this process, within a limit, and get its answer back."""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import signal
import tempfile
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import IO, Any, Final, cast

_POLL: Final = 0.005
"""Seconds between two looks at whether a copy has ended."""
_ADDRESSES: Final = 6 << 30
"""Bytes that a copy may address: an endless loop that collects something ends before the machine is out of memory."""


@dataclass(frozen=True)
class Ended:
    """What became of a piece of work: its answer, or none if it died.

    ``out_of_time``: it used more of the processor, or more time, than it may. ``said``: what it raised, as a traceback.
    """

    answer: Any = None
    out_of_time: bool = False
    died: bool = False
    said: str = ""


def allow(seconds: float) -> None:
    """Let this process use the processor for so many seconds from now on, and no longer.

    It is the processor's time, not the clock's: how busy the machine is changes nothing.
    """
    used = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + seconds) + 1, resource.RLIM_INFINITY))


class _Fork:
    def __init__(self, work: Callable[[], Any], seconds: float) -> None:
        self.file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - read when the copy has ended
        self.until = time.monotonic() + seconds
        self.late = False
        with warnings.catch_warnings():
            # Python 3.12 warns of copies of a process with threads; the test runner's only wait for work.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            self._work(work)

    def _work(self, work: Callable[[], Any]) -> None:
        died = 1
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
            try:
                ended = Ended(answer=work())
            except BaseException:  # noqa: BLE001 - whatever it is, it is told to whoever waits
                ended = Ended(died=True, said=traceback.format_exc())
            pickle.dump(ended, self.file)
            self.file.flush()
            died = 0
        finally:
            os._exit(died)

    def ended(self) -> Ended | None:
        """Return what became of the work, or None while it goes on."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            if time.monotonic() > self.until and not self.late:
                self.late = True
                os.kill(self.pid, signal.SIGKILL)
            return None
        with self.file:
            if status == 0:
                self.file.seek(0)
                return cast("Ended", pickle.load(self.file))  # noqa: S301 - written by our own copy
        return Ended(died=True, out_of_time=self.late or os.waitstatus_to_exitcode(status) == -signal.SIGXCPU)

    def give_up(self) -> None:
        """End it, whatever it does."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.file.close()


def in_forks(
    works: Iterable[Callable[[], Any]], *, at_once: int, seconds: float
) -> Generator[tuple[int, Ended], None, None]:
    """Do each piece of work in a copy of its own, a few at once; yield the number of each with what became of it.

    ``seconds`` by the clock is the longest that any of them may take, waiting included.
    """
    waiting = deque(enumerate(works))
    running: dict[int, _Fork] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                number, work = waiting.popleft()
                running[number] = _Fork(work, seconds)
            for number, fork in tuple(running.items()):
                ended = fork.ended()
                if ended is not None:
                    del running[number]
                    yield number, ended
            time.sleep(_POLL)
    finally:
        for fork in running.values():
            fork.give_up()
