"""JSON that somebody else wrote: read without an accident, and with the place of every value."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from flowlint.errors import UnreadableFlowError
from flowlint.reading.limits import DEEPEST

_LONGEST_NUMBER = 100
_PLACED_LEVELS = 9
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL)
_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")

Path = tuple[str | int, ...]
"""Keys and positions that lead to a value."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file, both counted from one."""

    line: int = 1
    column: int = 1


Locate = Callable[[int], Place]
"""From an offset in a text to its place in the file that holds the text."""


def loads(text: str, source: str) -> Any:  # noqa: ANN401 (any JSON)
    """Parse JSON; raise UnreadableFlowError, one line, if it is none or nested deeper than ``DEEPEST``.

    A number of many digits comes back as its text, which is all that anybody needs of it.
    """

    def refuse(constant: str) -> NoReturn:
        place = locate_in(text)(max(text.find(constant), 0))
        where = f"{source}: line {place.line}, column {place.column}"
        raise UnreadableFlowError(f"{where}: not JSON: {constant} is no JSON value")

    try:
        content = json.loads(
            text,
            parse_constant=refuse,
            parse_int=lambda digits: int(digits) if len(digits) < _LONGEST_NUMBER else digits,
        )
    except json.JSONDecodeError as error:
        where = f"{source}: line {error.lineno}, column {error.colno}"
        raise UnreadableFlowError(f"{where}: not JSON: {error.msg}") from error
    except RecursionError as error:
        raise UnreadableFlowError(f"{source}: not a contact flow: nested too deeply") from error
    if _is_deeper(content, DEEPEST):
        raise UnreadableFlowError(f"{source}: not a contact flow: nested too deeply (more than {DEEPEST} levels)")
    return _readable(content) if _HALF.search(text) else content


def _readable(content: Any) -> Any:  # noqa: ANN401 (any JSON)
    """Return the content with each half of a surrogate pair as its escape: no text can hold it."""
    if isinstance(content, str):
        return content.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(content, list):
        return [_readable(each) for each in content]
    if isinstance(content, dict):
        return {_readable(key): _readable(each) for key, each in content.items()}
    return content


def places(text: str) -> Mapping[Path, int]:
    """Return the offset at which each value of valid JSON begins, down to the levels that findings speak about."""
    found: dict[Path, int] = {}
    brackets: list[str] = []
    path: list[Any] = []
    expecting_key = False
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        if first in "}]":
            brackets.pop()
            path.pop()
            expecting_key = False
        elif first == ",":
            if brackets[-1] == "[":
                path[-1] += 1
            else:
                expecting_key = True
        elif first == ":":
            expecting_key = False
        elif expecting_key:
            path[-1] = json.loads(token[0])
        else:
            if len(path) <= _PLACED_LEVELS:
                found[tuple(path)] = token.start()
            if first in "{[":
                brackets.append(first)
                path.append(0 if first == "[" else "")
                expecting_key = first == "{"
    return found


def locate_in(text: str) -> Locate:
    """Return how to find an offset's line and column."""
    starts = [0, *(found.end() for found in re.finditer(r"\n", text))]

    def locate(offset: int) -> Place:
        line = bisect_right(starts, offset)
        return Place(line, offset - starts[line - 1] + 1)

    return locate


def locate_in_string(text: str, literal: int, outer: Locate) -> Locate:
    """Return how to find, in the file, an offset of the text that a JSON string literal at ``literal`` holds."""
    token = _TOKEN.match(text, literal)
    raw = token[0][1:-1] if token else ""
    offsets = [literal + 1 + found.start() for found in _ESCAPE.finditer(raw)]

    def locate(offset: int) -> Place:
        return outer(offsets[min(offset, len(offsets) - 1)] if offsets else literal)

    return locate


def _is_deeper(content: object, levels: int) -> bool:
    here: list[object] = [content]
    for _ in range(levels):
        inner: list[object] = []
        for value in here:
            if isinstance(value, dict):
                inner.extend(value.values())
            elif isinstance(value, list):
                inner.extend(value)
        if not inner:
            return False
        here = inner
    return True
