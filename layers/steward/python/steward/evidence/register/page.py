"""The register of a night as a page: what needs somebody first, then every hold, request and disposal. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from steward.clock import LONDON
from steward.evidence.register.refusals import Kind, RefusalLine, Refusals
from steward.evidence.register.requests import OpenRequests, RequestLine
from steward.evidence.register.view import DisposalLine, HoldLine, View, WaitingLine
from steward.rights.html import page, table, text, verdict


def register_page(said: View) -> bytes:
    """Return the page; the JSON beside it has the same."""
    holds = table(
        "Holds in force, those that are not whole first",
        ("Case", "Contact", "State", "Why", "Until", "Copies", "Missing"),
        [_hold(one) for one in said.holds],
    )
    waiting = table(
        "Asked for and not decided, the oldest first",
        ("About", "Reference", "Asked by", "Asked on", "Reason given", "Concerns"),
        [_waiting(one) for one in said.waiting],
    )
    disposals = table(
        f"Versions since {_day(said.month_from)}",
        ("Store", "Cause", "Announced", "Confirmed by S3"),
        [_disposal(one) for one in said.disposals],
    )
    body = [
        (
            f"<p><strong>{text(said.council)}</strong>, environment {text(said.environment)}. "
            f"As of {_moment(said.at)}.</p>"
        ),
        verdict(*_verdict(said)),
        "<h2>Decisions that wait</h2>",
        waiting if said.waiting else "<p>None.</p>",
        "<h2>Holds</h2>",
        holds if said.holds else "<p>None.</p>",
        "<h2>Requests of people</h2>",
        *_requests(said.requests),
        "<h2>Texts and payments refused</h2>",
        *_refusals(said.refusals, said.month_from),
        "<h2>Disposals of this month</h2>",
        disposals if said.disposals else "<p>None.</p>",
        "<h2>What this is</h2>",
        (
            "<p>What steward's register says. Whether the copies are there is compared every month with what "
            "Amazon S3 lists, in the statement. <code>steward report CASE</code> writes the receipt of one case, "
            "<code>steward request list</code> says how far each request is. Each try of a text or a payment that was "
            "refused counts, so that one caller may stand for several; a run that did not end is in no count.</p>"
        ),
    ]
    return page(f"Register, {_day(said.at)}", body, broad=True)


def _verdict(said: View) -> tuple[str, list[str]]:
    """Return whether somebody has to do something, and what."""
    counts = said.counts()
    held = f"{_counted(counts['holds'], 'hold')} in force, of {_counted(counts['cases'], 'case')}."
    needs = [
        f"{_counted(counts['unread'], 'row')} could not be read: operations have to look." if said.unread else "",
        f"{_counted(counts['not_whole'], 'hold')} not whole." if counts["not_whole"] else "",
        f"{_counted(counts['waiting'], 'decision')} waiting." if said.waiting else "",
        f"{_counted(counts['overdue'], 'request')} overdue." if counts.get("overdue") else "",
        "Requests of people are not shown: they could not be read." if counts["not_shown"] else "",
        "Refused texts and payments are not shown: they could not be read." if counts["refusals_not_shown"] else "",
    ]
    found = [one for one in needs if one]
    return ("✗ Something needs somebody.", [held, *found]) if found else ("✓ Nothing waits.", [held])


def _hold(one: HoldLine) -> tuple[str, ...]:
    leaves = f", to be released {_moment(one.leaves_at)}" if one.leaves_at else ""
    sign = "✓" if one.is_whole else "✗"
    return (
        one.case,
        one.contact_id,
        f"{sign} {one.state.replace('_', ' ')}{leaves}",
        one.why,
        _day(one.until) if one.until else "its case ends",
        str(one.copies),
        "; ".join(one.missing) or "nothing",
    )


def _waiting(one: WaitingLine) -> tuple[str, ...]:
    what = f"{one.items} named" if one.items else "all that it has"
    asked = _moment(one.asked_at)
    return one.subject.replace("_", " "), one.reference, one.asked_by, asked, one.why or "none", what


def _disposal(one: DisposalLine) -> tuple[str, ...]:
    return one.store.replace("_", " "), one.cause.replace("_", " "), f"{one.announced:,}", f"{one.confirmed:,}"


def _requests(found: OpenRequests | None) -> Iterator[str]:
    if found is None:
        yield "<p>The policy has no section about them.</p>"
    elif found.not_shown:
        yield f"<p>? Not shown: they could not be read ({text(found.not_shown)}).</p>"
    elif not found.lines:
        yield "<p>None is open.</p>"
    else:
        yield table(
            "Open requests, by what is due first",
            ("Request", "Right", "Received", "By law", "Promised", "State"),
            [_request(one) for one in found.lines],
        )


def _request(one: RequestLine) -> tuple[str, ...]:
    waits = one.law_on is None
    state = "✗ overdue" if one.overdue else "waits for the person" if waits else "✓ in time"
    return one.request, one.right, _date(one.received_on), _date(one.law_on), _date(one.promised_on), state


_REFUSED: Final = {
    Kind.PAYMENT: "payment: no confirmed pause, or a request that cannot be read",
    Kind.TEXT: "text: not sent, or not known to be",
}


def _refusals(found: Refusals | None, month_from: datetime) -> Iterator[str]:
    if found is None:
        yield "<p>The policy knows neither texts nor payments.</p>"
    elif found.not_shown:
        yield f"<p>? Not shown: they could not be read ({text(found.not_shown)}).</p>"
    elif not found.lines:
        yield "<p>None.</p>"
    else:
        yield table(
            "What contact flows were told, by reason",
            ("What", "Reason", f"Since {_day(month_from)}", "On the day before"),
            [_refusal(one) for one in found.lines],
        )


def _refusal(one: RefusalLine) -> tuple[str, ...]:
    return _REFUSED[one.kind], one.reason.replace("_", " "), f"{one.this_month:,}", f"{one.day_before:,}"


def _date(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "clock not running"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _day(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y}"


def _moment(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y, %H:%M}"
