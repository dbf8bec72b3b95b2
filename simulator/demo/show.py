"""Prints the story, what became of everything, and whether the expectations hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from simulator.aws.s3.rules import midnight_after
from simulator.demo import expectations as story
from simulator.demo.chapters import NAMES, WHY, british, british_day, entries, own_papers
from simulator.demo.expectations import EXPECTATIONS, Evidence, judge
from simulator.scenarios.results.shapes import Disposal
from steward.retention.months import longest_span_days

PLAIN_WIDTH = 130
"""Columns where the output is no terminal and so has no width of its own."""


def console() -> Console:
    """Return the console: coloured on a terminal, plain elsewhere."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=PLAIN_WIDTH, no_color=True)


def show_story(out: Console, evidence: Evidence) -> None:
    """Print the timeline."""
    out.print(f"Policy: {evidence.end.policy}. Times are London's.\n")
    table = Table.grid(padding=(0, 2))
    for entry in entries(evidence):
        table.add_row(british(entry.at), Text(entry.text, style="bold" if entry.matters else ""))
    out.print(table)
    out.print(
        f"Left out: {own_papers(evidence):,} old pages and counts of steward's own, each followed by the next one."
    )


def show_outcome(out: Console, evidence: Evidence) -> None:
    """Print what was kept, what was deleted, and why."""
    table = Table(title="\nWhat was kept, what was deleted, and why", title_justify="left", title_style="bold")
    for heading in ("Contact", "Originals", "Held copies", "Why"):
        table.add_column(heading, overflow="fold")
    held = {hold.contact_id: hold for hold in evidence.states[story.HELD].holds}
    for contact_id, name in NAMES.items():
        hold = held.get(contact_id)
        originals = _days([row for row in evidence.end.disposals if _is_original(row) and contact_id in row.key])
        if hold is None:
            table.add_row(name, f"deleted {originals}", "none", f"{WHY['lifecycle']}: six months")
            continue
        copies = {artefact.hold_key for artefact in hold.artefacts}
        gone = [row for row in evidence.end.disposals if row.store == "legal_hold" and row.key in copies]
        why = f"case {hold.case}, received {hold.received_on.day} {hold.received_on:%B %Y}: 18 months"
        kept = f"{len(copies)} copies and a manifest, deleted {_days(gone)}"
        table.add_row(name, f"deleted {originals}", kept, why)
    records = [row for row in evidence.end.disposals if row.store == "contact_record"]
    table.add_row("contact records of January 2027", f"deleted {_days(records)}", "", f"{WHY['lifecycle']}: 24 months")
    out.print(table)
    out.print(Text(_dates(evidence)))


def _dates(evidence: Evidence) -> str:
    """Say of the first call why its day is later than six months after it, step by step."""
    days = longest_span_days(6)
    stored = next(row.at for row in evidence.timeline if row.kind == "object" and story.BINS in row.text)
    over = stored + timedelta(days=days)
    gone = min(row.at for row in evidence.end.disposals if _is_original(row) and story.BINS in row.key)
    return (
        f"Why {british_day(gone)}, and not six months to the day: six months are {days} days, the longest that six"
        " months can be, so that nothing goes too early. The recording of"
        f" {british_day(stored)} has been there so long on {british_day(over)}. At the midnight UTC that follows,"
        f" {british_day(midnight_after(over))}, S3 hides it; its bytes go when they have been hidden for a whole day,"
        f" at the midnight that follows that. Contact records go in the same way after {longest_span_days(24)} days."
    )


def show_verdict(out: Console, evidence: Evidence) -> list[str]:
    """Print each expectation and return those that do not hold."""
    problems = judge(evidence)
    clauses = {expectation.sentence: expectation.clause for expectation in EXPECTATIONS}
    out.print()
    for sentence, found in problems.items():
        clause = f" ({clauses[sentence]})" if clauses[sentence] else ""
        out.print(f"{'FAILED' if found else 'true  '}  {sentence}{clause}", style="red" if found else "")
        for problem in found:
            out.print(f"          {problem}", style="red")
    return [sentence for sentence, found in problems.items() if found]


def _is_original(row: Disposal) -> bool:
    return row.store in ("call_recording", "chat_transcript")


def _days(rows: Sequence[Disposal]) -> str:
    if not rows:
        return "never"
    moments: list[datetime] = [row.at for row in rows]
    first, last = british_day(min(moments)), british_day(max(moments))
    return first if first == last else f"{first} to {last}"
