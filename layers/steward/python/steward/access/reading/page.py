"""The month's page: who read what for which request, what has no reason, and what is not known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final

from steward.access.reading.days import Day, Entry
from steward.rights.html import page, table, text

CONNECT_PLAYS: Final = (
    "What was played in Amazon Connect's website is not in this report: Connect reads recordings with its own role, "
    "and neither S3 nor CloudTrail names the person who listened. Who could have is compared every night."
)
_HEADS: Final = ("When (UTC)", "Who", "As", "Store", "What", "For")


def month_page(council: str, days: Sequence[Day], until: date) -> bytes:
    """Return the page of a month as far as it is reported."""
    entries = [one for day in days for one in day.entries]
    unexplained = [one for one in entries if one.unexplained]
    reported = {day.on for day in days}
    not_known = [(f"{day.on:%d %B}", f"not shown: {'; '.join(day.missing)}") for day in days if day.missing]
    not_known += [
        (f"{until.replace(day=number):%d %B}", "not shown: no report")
        for number in range(1, until.day + 1)
        if until.replace(day=number) not in reported
    ]
    body = [
        (
            f"<p>{text(council)}. {until:%B %Y}, as far as {until:%d %B}. {len(entries)} reads by people or by link, "
            f"{len(unexplained)} without a reason on record.</p>"
        ),
        f"<p>{text(CONNECT_PLAYS)}</p>",
        "<h2>Without a reason on record</h2>",
        table("Reads for which no request or disclosure was open", _HEADS, [_row(one) for one in unexplained])
        if unexplained
        else "<p>None.</p>",
        "<h2>Not known</h2>",
        table("Days of which the trail is missing, or a part of it", ("Day", "What"), sorted(not_known))
        if not_known
        else "<p>Nothing: the trail of every day is whole.</p>",
        *_late(days),
        "<h2>By person</h2>",
        table("How often each person read for what", ("Who", "As", "For", "Reads"), _by_person(entries))
        if entries
        else "<p>Nobody read anything.</p>",
        "<h2>Every read</h2>",
        table("Every read by a person or by a link", _HEADS, [_row(one) for one in entries])
        if entries
        else "<p>None.</p>",
        "<h2>Functions and Amazon Connect</h2>",
        table("How often each read", ("Role", "Reads"), _functions(days)) if _functions(days) else "<p>None.</p>",
    ]
    return page("Who read what", body, broad=True)


def _late(days: Sequence[Day]) -> list[str]:
    late = [(f"{day.on:%d %B}", f"{day.made_up_on:%d %B %Y}") for day in days if day.made_up_on is not None]
    return ["<h2>Reported late</h2>", table("Days reported by a later night", ("Day", "On"), late)] if late else []


def _row(one: Entry) -> tuple[str, ...]:
    what = f"{one.key} (refused: {one.refused})" if one.refused else one.key
    return (f"{one.at:%d %B %H:%M}", one.person, one.role, one.store, what, one.reason or "no reason on record")


def _by_person(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    found = Counter((one.person, one.role, one.reason or "no reason on record") for one in entries)
    return [(*who, str(number)) for who, number in sorted(found.items())]


def _functions(days: Sequence[Day]) -> list[tuple[str, str]]:
    found = Counter[str]()
    for day in days:
        found.update(day.functions)
    return [(role, str(number)) for role, number in sorted(found.items())]
