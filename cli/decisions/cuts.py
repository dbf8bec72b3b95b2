"""Parts of a recording, as a person writes them: 2:10-3:05, or 130.5-185:left in seconds."""

from __future__ import annotations

import re
from typing import Any

import click

_TIME = re.compile(r"(?:(?:([0-9]{1,2}):)?([0-9]{1,3}):)?([0-9]{1,6})(?:\.([0-9]{1,3}))?")
_CUT = re.compile(r"([0-9:.]+)-([0-9:.]+)(?::(all|left|right))?")


def part_of(text: str) -> dict[str, Any]:
    """Return a cut as decisions state it; raise ``click.ClickException`` for what is none."""
    found = _CUT.fullmatch(text)
    times = [_milliseconds(one) for one in found.groups()[:2]] if found else [None]
    if found is None or None in times:
        raise click.ClickException(f"{text}: is no part such as 2:10-3:05 or 130.5-185:left")
    begin, end = times
    if begin is not None and end is not None and begin >= end:
        raise click.ClickException(f"{text}: ends before it begins")
    return {"from_ms": begin, "to_ms": end, "channel": found[3] or "all"}


def _milliseconds(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds, thousandths = found.groups()
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return whole * 1000 + int((thousandths or "0").ljust(3, "0"))
