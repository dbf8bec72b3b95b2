"""The CDK command line, pinned: which version, where it lies, and how to run it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from deployment.npm import PackageError, fetched, node
from infra.config import ROOT

VERSION: Final = "2.1148.1"
"""The newest that reads what aws-cdk-lib 2.275 writes; 3.0.0 cannot."""

INTEGRITY: Final = "sha512-K3d02L17IwmAuiBWNuX1DzYhKUs9GrKYI7bZnGJfJ1bKz9ymXFxfudBOL3rUb8JAusDNSULiQU2fsJH7kyY2XA=="
"""The hash of the package, which npm checks the download against."""

HOME: Final = ROOT / "build" / "cdk-cli"
_END: Final = 20
"""Lines of what the command line said that are worth showing when it fails."""


class DeploymentError(Exception):
    """Why a deployment did not come about or is not as it should be: one sentence."""


@dataclass(frozen=True)
class CommandLine:
    """The installed command line with the variables it runs under."""

    program: tuple[str, ...]
    variables: Mapping[str, str]

    def talk(self, *arguments: str) -> None:
        """Run it in the checkout at this terminal, where it may ask; raise :class:`DeploymentError` if it fails."""
        command = [*self.program, *arguments]
        status = subprocess.run(command, cwd=ROOT, env=dict(self.variables), check=False).returncode  # noqa: S603 - our own program
        if status:
            raise DeploymentError(f"cdk {arguments[0]} failed (status {status}); its own messages stand above")

    def run(self, log: Path, *arguments: str) -> None:
        """Run it in the checkout on its own, and add what it says to ``log``.

        Raises :class:`DeploymentError`, whose notes are the end of what it said, if it fails. It leads a process group,
        and none of that group outlives this call.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as words:
            before = words.tell()
            with _interruptions_deferred() as resume:
                process = self._start(arguments, words)
            try:
                resume()
                status = process.wait()
            finally:
                _stop_group(process)
        if status:
            error = DeploymentError(f"cdk {arguments[0]} failed (status {status}); all it said is in {log}")
            for line in log.read_bytes()[before:].decode(errors="replace").splitlines()[-_END:]:
                error.add_note(line)
            raise error

    def _start(self, arguments: tuple[str, ...], words: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - as above
            [*self.program, *arguments],
            cwd=ROOT,
            env=dict(self.variables),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def install() -> tuple[str, ...]:
    """Return how to start the pinned command line, installing it if it is not there.

    Raises DeploymentError, with nothing left installed, if npm fails or what it fetched is not the pinned package.
    """
    try:
        package = fetched("aws-cdk", VERSION, INTEGRITY, HOME)
    except PackageError as error:
        raise DeploymentError(str(error)) from error
    return (str(node()), str(package / "bin" / "cdk"))


@contextmanager
def _interruptions_deferred() -> Iterator[Callable[[], None]]:
    """Let no interruption fall between the start of a program and the moment from which somebody stops it.

    Calling what is yielded lets those come that came meanwhile.
    """
    came: list[int] = []
    before = {
        number: signal.signal(number, lambda number, _frame: came.append(number))
        for number in (signal.SIGINT, signal.SIGTERM)
    }

    def resume() -> None:
        while came:
            os.kill(os.getpid(), came.pop())

    try:
        yield resume
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # The leader is gone; what it started may take a moment to follow it.
    with suppress(ProcessLookupError):
        for _ in range(50):
            os.killpg(process.pid, 0)
            time.sleep(0.1)
