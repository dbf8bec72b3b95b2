"""On which line of a TOML file a setting stands: ``tomllib`` reads values and forgets where they were."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

MOST_READ = 4_000_000
"""So many characters are read in all, each line of a value again with the next: about two seconds."""


def lines_of(text: str) -> dict[str, int]:
    """Return the line, counted from 1, of every path, such as ``declared[3].clause``, in a text that is TOML.

    A table that is only spoken of as part of a longer name has the line where it is first named. A path is written as a
    finding writes it: names joined by full stops, places in a list in brackets.
    """
    places: dict[str, int] = {}
    elements: dict[str, int] = {}
    table = ""
    for line, statement, content in _statements(text):
        if not statement.lstrip().startswith("["):
            paths: Iterator[str] = _paths(table, content)
        else:
            table = _table(content, elements, fresh=statement.lstrip().startswith("[["))
            paths = iter(_parents(table))
        for path in paths:
            places.setdefault(path, line)
    return places


def line_of(places: Mapping[str, int], path: str) -> int | None:
    """Return where a path stands or, if it is missing, the nearest table around it; None if there is none of them."""
    return next((places[one] for one in reversed(_parents(path)) if one in places), None)


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, object]]]:
    """Yield each header and each setting with its first line: a value goes on until it can be read by itself.

    A value of very many lines is given up, and what stands after it has no line.
    """
    start, waiting, read = 0, "", 0
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        start, waiting = (start, f"{waiting}\n{line}") if waiting else (number, line)
        read += len(waiting)
        if read > MOST_READ:
            return
        try:
            content = tomllib.loads(waiting)
        except tomllib.TOMLDecodeError:
            continue
        if content:
            yield start, waiting, content
        waiting = ""


def _paths(table: str, value: object) -> Iterator[str]:
    if table:
        yield table
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _paths(f"{table}.{name}" if table else str(name), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _paths(f"{table}[{index}]", inner)


def _table(header: Mapping[str, object], elements: dict[str, int], *, fresh: bool) -> str:
    """Return the path of a header's table. A list of tables that is named means its last one, or a new one."""
    path, inner = "", dict(header)
    while inner:
        (name, value), *_ = inner.items()
        inner = value if isinstance(value, dict) else {}
        path = f"{path}.{name}" if path else name
        if fresh and not inner:
            elements[path] = elements.get(path, -1) + 1
        if path in elements:
            path = f"{path}[{elements[path]}]"
    return path


def _parents(path: str) -> list[str]:
    """Return the path's beginnings, the shortest first and the path itself last."""
    return [path[: end.start()] for end in re.finditer(r"(?<=.)(?=[.\[])|$", path)]
