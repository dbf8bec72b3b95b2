"""Where two values differ, in words that fit a mail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from steward.configuration.written import Json

LONGEST: Final = 160
"""Letters of a value that are shown: the whole of it can be looked at where it is."""

NOTHING: Final = "nothing"


def places(expected: Json, found: Json, at: str = "") -> Iterator[tuple[str, Json, Json]]:
    """Return each place at which two values differ, with both; the name of a place is a path."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name in sorted({*expected, *found}):
            yield from places(expected.get(name), found.get(name), f"{at}.{name}" if at else name)
    elif isinstance(expected, list) and isinstance(found, list):
        for place in range(max(len(expected), len(found))):
            ours = expected[place] if place < len(expected) else None
            theirs = found[place] if place < len(found) else None
            yield from places(ours, theirs, f"{at}[{place}]")
    elif expected != found:
        yield at, expected, found


def shown(value: Json) -> str:
    """Return a value as one short line."""
    if value is None or value in ({}, []):
        return NOTHING
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def side_by_side(expected: Json, found: Json, *, most: int = 3) -> tuple[str, str]:
    """Return what was expected and what was found, at the first places where they differ."""
    all_places = list(places(expected, found))
    left, right = [], []
    for at, ours, theirs in all_places[:most]:
        left.append(f"{at}: {shown(ours)}" if at else shown(ours))
        right.append(f"{at}: {shown(theirs)}" if at else shown(theirs))
    if len(all_places) > most:
        more = f"and {len(all_places) - most} more"
        left.append(more)
        right.append(more)
    return "; ".join(left), "; ".join(right)


def digest(expected: Json, found: Json) -> str:
    """Return the SHA-256 digest of every place at which two values differ, with both."""
    text = json.dumps(list(places(expected, found)), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
