"""Flows from files, folders and standard input."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from flowlint.document import Flow, parse_flow
from flowlint.errors import OldFormatError, UnreadableFlowError
from flowlint.reading.envelopes import Contents, contents_of
from flowlint.reading.limits import LARGEST

ENDINGS = frozenset({".json", ".yaml", ".yml", ".template"})
_MEANT = re.compile(r"StartAction|2019-10-30|AWS::Connect::ContactFlow")
"""What tells that a broken file of a folder means to hold a flow."""

_PASSED_OVER = frozenset({"node_modules", "__pycache__"})

STDIN = "-"


@dataclass(slots=True)
class Given:
    """Everything that was read, and what could not be."""

    flows: list[Flow] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    old: list[str] = field(default_factory=list)
    """Files of the older export format."""
    refused: list[str] = field(default_factory=list)
    """One line for each file that cannot be read."""
    passed_over: int = 0
    """Files of a folder that hold no flow."""

    def add(self, contents: Contents) -> None:
        """Take in what a file holds."""
        self.flows += contents.flows
        self.aliases |= contents.aliases
        self.refused += contents.refused


def read_all(names: Iterable[str | Path]) -> Given:
    """Read every flow in files and folders; ``-`` is standard input. One that cannot be read never stops the others."""
    given = Given()
    for name in names:
        path = Path(name)
        if str(name) == STDIN:
            _take(given, "<stdin>", read_stdin, named=True)
        elif path.is_dir():
            before = len(given.flows) + len(given.old) + len(given.refused)
            for each in _files_in(path):
                _take(given, str(each), partial(read_text, each), named=False)
            if len(given.flows) + len(given.old) + len(given.refused) == before:
                given.refused.append(f"{path}: no contact flow in this folder")
        else:
            _take(given, str(path), partial(read_text, path), named=True)
    return given


def read_flow(path: Path) -> Flow:
    """Read one exported flow.

    Raises UnreadableFlowError if the file is missing, not JSON or not shaped like a flow, and OldFormatError if it is
    an export of the older designer.
    """
    return parse_flow(read_text(path), source=str(path))


def read_text(path: Path) -> str:
    """Return a file's text. Raises UnreadableFlowError with one line if there is none."""
    try:
        with path.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UnreadableFlowError(f"{path}: is no contact flow: is larger than {LARGEST:,} bytes")
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise UnreadableFlowError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UnreadableFlowError(f"{path}: byte {error.start} is not UTF-8 text") from error
    except ValueError as error:  # a name with a null byte
        raise UnreadableFlowError(f"{str(path)!r}: {error}") from error


def read_stdin() -> str:
    """Return what stands on standard input. Raises UnreadableFlowError if it is no text."""
    try:
        content = sys.stdin.buffer.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise UnreadableFlowError(f"<stdin>: is no contact flow: is larger than {LARGEST:,} bytes")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFlowError(f"<stdin>: byte {error.start} is not UTF-8 text") from error


def _take(given: Given, source: str, read: Callable[[], str], *, named: bool) -> None:
    text = ""
    try:
        text = read()
        contents = contents_of(text, source=source)
    except OldFormatError:
        given.old.append(source)
        return
    except UnreadableFlowError as error:
        if named or not text or _MEANT.search(text):
            given.refused.append(str(error))
        else:
            given.passed_over += 1
        return
    if contents is None:
        if named:
            given.refused.append(f"{source}: not a contact flow, and holds none")
        else:
            given.passed_over += 1
        return
    given.add(contents)


def _files_in(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        within = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in _PASSED_OVER for part in within)
        if path.suffix.lower() in ENDINGS and path.is_file() and not hidden:
            yield path
