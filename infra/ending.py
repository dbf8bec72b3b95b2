"""How every program of this repository ends: complaints are lines on stderr that begin with ``steward:``.

There is never a traceback. Exit 0 is fine, 1 findings or refused, 2 what cannot be carried out, 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from steward.plain import visible

WRONG_INPUT = 2
INTERRUPTED = 130
_HELP = frozenset({"-h", "--help"})


def complain(problem: object) -> None:
    """Say on stderr what is wrong, a line for each reason."""
    for line in str(problem).splitlines():
        if words := " ".join(line.split()):
            sys.stderr.write(f"steward: {visible(words)}\n")


def _last(problem: str, status: int) -> int:
    """Complain, and let nothing else speak: what synthesis started reports its own end, with the stack of a process."""
    complain(problem)
    sys.stderr = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    return status


def under_way(what: str) -> None:
    """Say what takes a while, where somebody watches; a file or a pipe gets no such line."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{what} ...\n")


def program(main: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Run a program and return its exit status; a full disk, a reader that left and Ctrl-C are a line each."""
    try:
        status = main(arguments)
        # What is still to be written may have nowhere to go: said here, not by the interpreter when it ends.
        sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
        return _last("the output: nobody reads it any more", WRONG_INPUT)
    except OSError as error:
        drop_output()
        return _last(f"{error.filename or 'the output'}: {error.strerror or type(error).__name__}", WRONG_INPUT)
    except KeyboardInterrupt:
        return _last("interrupted: everything that was started is stopped", INTERRUPTED)
    return status


def alone(main: Callable[[], int | None], purpose: str | None) -> int:
    """Run a program that takes no arguments as :func:`program` does; ``--help`` prints its purpose."""

    def answered(arguments: Sequence[str]) -> int:
        if not arguments:
            return main() or 0
        if set(arguments) <= _HELP:
            sys.stdout.write(f"{(purpose or '').strip()}\n")
            return 0
        complain(f"{arguments[0]}: no such argument; this program takes none, and --help says what it does")
        return WRONG_INPUT

    return program(answered, sys.argv[1:])


def drop_output() -> None:
    """Let the interpreter not try again what could not be written."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
