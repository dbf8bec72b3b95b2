"""The register of requests as a page: a picture of the open deadlines, and the same and more as tables. Pure.

It has references, dates and fixed words, and nothing about the people who asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

from steward.rights.html import page, region, table, text
from steward.rights.overview.lines import RegisterLine, in_order

_WIDTH, _ROW, _LEFT, _TOP = 720, 26, 170, 34
_BAR: Final = "#00407c"
_LATE: Final = "#8a1020"
_LONGEST: Final = 18
MOST_DRAWN: Final = 60
"""So many requests are drawn; the table has all of them."""


def register_page(council: str, lines: Sequence[RegisterLine], today: date, unread: int = 0) -> bytes:
    """Return the page as it stands today; ``unread`` requests could not be read, and are only counted."""
    open_ones = [one for one in in_order(lines) if one.closed_on is None]
    closed = sorted((one for one in lines if one.closed_on is not None), key=lambda one: one.request)
    late = [one for one in open_ones if one.overdue(today)]
    in_time = sum(one.in_time is True for one in closed)
    answered = f"{in_time} of {len(closed)} closed requests on record were answered in time" if closed else ""
    body = [
        (
            f"<p>{text(council)}. As of {_day(today)}. {len(open_ones)} open, of which {len(late)} overdue. "
            f"{f'{answered} ({100 * in_time // len(closed)} %).' if closed else ''}</p>"
        ),
        *([f"<p>{unread} more could not be read: operations are told.</p>"] if unread else []),
        "<h2>Deadlines</h2>",
        region("Picture of the deadlines", _picture(open_ones[:MOST_DRAWN], today))
        if open_ones
        else "<p>Nothing is open.</p>",
        "<h2>Open requests</h2>",
        table(
            "Open requests, by what is due first",
            ("Request", "Right", "Status", "Received", "By law", "Promised", "Act by", "Next", "Who", "Until"),
            [_open_row(one, today) for one in open_ones],
        )
        if open_ones
        else "<p>None.</p>",
        "<h2>Closed requests</h2>",
        table(
            "Closed requests of which something is still kept",
            ("Request", "Right", "Received", "Due", "Closed", "Outcome", "In time"),
            [_closed_row(one) for one in closed],
        )
        if closed
        else "<p>None.</p>",
    ]
    return page("Register of requests", body, broad=True)


def _open_row(one: RegisterLine, today: date) -> tuple[str, ...]:
    step = one.next
    status = one.status.replace("_", " ")
    return (
        one.request,
        one.right,
        f"{status}, overdue" if one.overdue(today) else status,
        _day(one.received_on),
        _day(one.law_on),
        _day(one.promised_on),
        _day(one.act_by),
        step.what if step else "",
        step.owner if step else "",
        _day(step.on) if step else "",
    )


def _closed_row(one: RegisterLine) -> tuple[str, ...]:
    closed, due = _day(one.closed_on), _day(one.due_on)
    outcome = one.outcome.replace("_", " ")
    return one.request, one.right, _day(one.received_on), due, closed, outcome, "yes" if one.in_time else "no"


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "clock not running"


def _picture(lines: Sequence[RegisterLine], today: date) -> str:
    """Return a bar for each request, from its receipt to its date; what it says stands in the table as well."""
    first = min(*(one.received_on for one in lines), today)
    last = max(*(one.due_on or today for one in lines), today) + timedelta(days=1)
    scale = (_WIDTH - _LEFT - 10) / max((last - first).days, 1)
    height = _TOP + _ROW * len(lines) + 10

    def x(day: date) -> float:
        return _LEFT + (day - first).days * scale

    bars = [_bar(one, number, today, x) for number, one in enumerate(lines)]
    now = x(today)
    anchor = "end" if now > _WIDTH / 2 else "start"
    return (
        f'<svg role="img" aria-labelledby="picture-title picture-text" viewBox="0 0 {_WIDTH} {height}" '
        f'font-family="Arial,Helvetica,sans-serif" font-size="13">'
        f'<title id="picture-title">Open requests and their dates</title>'
        f'<desc id="picture-text">A bar for each of {len(lines)} open requests, from receipt to the date of its '
        f"answer; a line marks {_day(today)}. The table below says the same.</desc>"
        f'<line x1="{now:.0f}" x2="{now:.0f}" y1="18" y2="{height}" stroke="#111" stroke-dasharray="4 3"/>'
        f'<text x="{now:.0f}" y="12" text-anchor="{anchor}">{_day(today)}</text>{"".join(bars)}</svg>'
    )


def _bar(one: RegisterLine, number: int, today: date, x: Callable[[date], float]) -> str:
    top = _TOP + number * _ROW
    end = one.due_on or today
    late = one.overdue(today)
    begin, width = x(one.received_on), max(x(end) - x(one.received_on), 3)
    # What is not known yet is drawn as an outline; what is late is also said in words.
    look = f'fill="{_LATE if late else _BAR}"' if one.due_on else f'fill="none" stroke="{_BAR}"'
    name = one.request if len(one.request) <= _LONGEST else f"{one.request[: _LONGEST - 1]}…"
    said = f"{name} (late)" if late else name
    return (
        f'<text x="0" y="{top + 13}">{text(said)}</text>'
        f'<rect x="{begin:.0f}" y="{top}" width="{width:.0f}" height="16" {look}/>'
    )
