"""The words of the mails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from steward.configuration.checking import Harm

if TYPE_CHECKING:
    from datetime import datetime

    from steward.configuration.accepting import Accepted
    from steward.configuration.findings import Finding


def opened_and_closed(opened: Sequence[Finding], closed: Sequence[Finding]) -> tuple[str, list[str]]:
    """Return the subject and the lines of a mail to the data protection officer."""
    subject = f"{_counted(len(opened))} from what was written" if opened else "What differed is as it was written again"
    lines = []
    if opened:
        lines = ["What is live differs from what was deployed and from the policy:", *_each(opened), ""]
        lines.append("Somebody changed it beside the deployment. CloudTrail names who, by the time below or before it.")
        lines.append("Put it back, or deploy what is wanted: then this is closed and you are told.")
    if closed:
        lines += [*([""] if lines else []), "As it was written again:", *(f"- {one.id}" for one in closed)]
    return subject, lines


def ending(accepted: Sequence[tuple[Finding, Accepted]]) -> tuple[str, list[str]]:
    """Return the subject and the lines of a mail to the data protection officer."""
    number = len(accepted)
    subject = f"{number} accepted {'difference ends' if number == 1 else 'differences end'} soon"
    lines = ["The environment's file accepts these until the day that is named:"]
    for one, entry in sorted(accepted, key=lambda pair: (pair[1].until, pair[0].id)):
        lines += [
            f"- {one.id}, until {entry.until}: {entry.why}",
            f"  expected: {one.expected}",
            f"  found: {one.found}",
        ]
    lines.append("From the day after it they are told as if they were new, and raise the alarm.")
    lines.append("Put it back, deploy what is wanted, or have another end and its reason written and deployed.")
    return subject, lines


def card_payments(findings: Sequence[Finding]) -> tuple[str, list[str]]:
    """Return the subject and the lines of a mail to supervisors."""
    opened = [one for one in findings if one.closed_at is None]
    if not opened:
        return "Card payments: the flow is as it was written again", ["Card payments may be taken as before."]
    return "Card payments: the flow in use is not the one that was checked", [
        "A flow that takes card payments was changed beside the deployment. It may take cards while recording runs.",
        "Take no card payments by telephone until you are told that it is put right.",
        *_each(opened),
    ]


def _each(findings: Sequence[Finding]) -> Iterator[str]:
    for one in sorted(findings, key=lambda one: ([*Harm].index(one.harm), one.id)):
        changed = f", in another way since {_moment(one.changed_at)}" if one.changed_at else ""
        yield f"- {one.harm.value}: {one.id} ({one.name}), seen first at {_moment(one.opened_at)}{changed}"
        yield f"  expected: {one.expected}"
        yield f"  found: {one.found}"


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _counted(number: int) -> str:
    return "One setting differs" if number == 1 else f"{number} settings differ"
