"""The page of what differed from what was deployed, when somebody compared it."""

from __future__ import annotations

from typing import Final

from cli.pack.given import Drift, Finding
from cli.wording import counted
from steward.archive import Entry
from steward.rights.html import page, table, verdict

NAME: Final = "open-findings.html"


def findings(drift: Drift) -> Entry:
    """Return the page. What could not be compared stands on it as not shown, never as equal."""
    body = [
        verdict(*_verdict(drift)),
        "<p>As <code>steward drift</code> answered; its answer, which bears no time of its own, is drift.json.</p>",
        "<h2>What differs</h2>",
        table(
            "Open findings, the gravest first",
            ("Finding", "Resource", "Harm", "Since", "Expected", "Found", "Accepted"),
            [_row(one) for one in drift.findings],
        )
        if drift.findings
        else f"<p>{'Not shown.' if drift.status == 'postponed' else 'Nothing of what could be compared.'}</p>",
        "<h2>What could not be compared</h2>",
        table("Not shown", ("Setting", "Why"), [(one.id, one.why) for one in drift.not_shown])
        if drift.not_shown
        else f"<p>{'Everything: it was not compared.' if drift.status == 'postponed' else 'Nothing.'}</p>",
    ]
    return Entry(name=NAME, content=page("Open findings", body, broad=True))


def summary(drift: Drift) -> str:
    """Return in a sentence what a comparison came to."""
    if drift.status == "postponed":
        return "Not shown: a deployment was under way, and nothing was compared."
    open_now = len(drift.findings)
    differ = "differs" if open_now == 1 else "differ"
    return (
        f"{counted(drift.settings, 'setting')} compared: {open_now} {differ}, "
        f"{len(drift.not_shown)} could not be shown."
    )


def alarming(drift: Drift) -> bool:
    """Return whether anything differs that is neither a note nor accepted."""
    return any(one.harm != "note" and one.accepted is None for one in drift.findings)


def whole(drift: Drift) -> bool:
    """Return whether everything was compared."""
    return drift.status == "compared" and not drift.not_shown


def _verdict(drift: Drift) -> tuple[str, list[str]]:
    if alarming(drift):
        return "✗ Something differs.", [summary(drift)]
    if not whole(drift):
        return "? Not everything is shown.", [summary(drift)]
    return "✓ Nothing differs that is not accepted.", [summary(drift)]


def _row(one: Finding) -> tuple[str, ...]:
    accepted = f"until {one.accepted.until}: {one.accepted.why}" if one.accepted else "no"
    return one.id, one.name, one.harm, one.opened_at, one.expected, one.found, accepted
