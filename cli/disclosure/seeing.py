"""The register of disclosures, and one of them: what is proposed, file by file, for whoever decides."""

from __future__ import annotations

from datetime import date
from typing import Literal

import click
import msgspec

from cli.disclosure.place import open_disclosures
from cli.environments import environment_option
from cli.wording import counted
from steward.clock import SystemClock, london_date
from steward.rights.disclosing.register import Chosen, Disclosure, DisclosureStatus, Grant, Listed, Telling

_FORMAT = click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)


def _today() -> date:
    return london_date(SystemClock().now())


@click.command("list")
@_FORMAT
@environment_option
def list_disclosures(*, output: Literal["text", "json"], environment: str) -> int:
    """List the disclosures, the oldest first, with what each waits for."""
    today, found = _today(), open_disclosures(environment).all()
    if output == "json":
        stated = [{"disclosure": one, "status": one.status(today), "waits_for": waits_for(one, today)} for one in found]
        click.echo(msgspec.json.format(msgspec.json.encode(stated), indent=2).decode())
        return 0
    rows = [("disclosure", "kind", "status", "asked", "waits for")]
    rows += [
        (one.id, one.kind, one.status(today), str(london_date(one.asked_at)), waits_for(one, today)) for one in found
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        click.echo("  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[4]]).rstrip())
    click.echo(counted(len(found), "disclosure"))
    return 0


def waits_for(one: Disclosure, today: date) -> str:
    """Return what is to be done next about a disclosure, and by whom."""
    if one.papers and one.papers.came_on is None:
        return f"the papers, due {one.papers.due_on} (disclosure officer)"
    match one.status(today):
        case DisclosureStatus.ASKED if one.proposal is None:
            said = "a proposal (disclosure officer)"
        case DisclosureStatus.ASKED:
            said = "a decision (data protection officer or rights approver)"
        case DisclosureStatus.GRANTED if one.prepared is None:
            said = "its copy, which is being prepared"
        case DisclosureStatus.GRANTED:
            said = f"the hand-over, until {one.grant.expires_on if one.grant else ''} (disclosure officer)"
        case _:
            said = "nothing"
    return said


@click.command("show")
@click.argument("disclosure")
@_FORMAT
@environment_option
def show(*, disclosure: str, output: Literal["text", "json"], environment: str) -> int:
    """Show one disclosure: who asks, what they showed, the files, what is proposed of them and what was decided."""
    one, today = open_disclosures(environment).find(disclosure), _today()
    if output == "json":
        stated = {"disclosure": one, "status": one.status(today), "waits_for": waits_for(one, today)}
        click.echo(msgspec.json.format(msgspec.json.encode(stated), indent=2).decode())
    else:
        click.echo("\n".join(_told(one, today)))
    return 0


def _told(one: Disclosure, today: date) -> list[str]:
    said = [
        f"{one.id}: {one.kind.replace('_', ' ')}, {one.status(today).replace('_', ' ')}",
        f"asked:     {london_date(one.asked_at)}, by {one.requested_by or 'nobody who is named'}",
        f"waits for: {waits_for(one, today)}",
        f"contacts:  {', '.join(one.contact_ids) or 'none'}",
    ]
    if one.first_day or one.last_day:
        said.append(f"period:    {one.first_day or 'any day'} to {one.last_day or 'any day'}")
    said += [f"shown:     {name}: {value}" for name, value in sorted(one.stated.items())]
    if one.form_sha256:
        said.append(f"form:      sha256 {one.form_sha256}")
    for refusal in one.refusals:
        who = f"by {refusal.by}" if refusal.by else f"for want of {', '.join(refusal.because)}"
        said.append(f"refused:   {london_date(refusal.at)}, {who}")
    said.append(f"files:     {counted(len(one.listed), 'file')} of these contacts")
    said += [f"           {_file(file)}" for file in one.listed]
    if one.proposal and (one.grant is None or one.prepared):
        said += _granted("proposed", one.proposal, one)
    if one.grant:
        said += _granted("granted", one.grant, one)
    if one.prepared:
        said.append(f"copy:      {'gone' if one.prepared.gone else counted(one.prepared.links, 'link') + ' given'}")
        said += [f"           {file.sha256}  {file.bytes:>12,}  {file.name}" for file in one.prepared.files]
        said += [f"           left out: {left}" for left in one.prepared.left_out]
    said += [f"handed over: {over.on} by {over.route or 'a way not said'}" for over in one.hand_overs]
    return said


def _granted(what: str, grant: Grant, one: Disclosure) -> list[str]:
    named = f", proposal {grant.proposal}" if grant.proposal else ""
    first = f"{what}:".ljust(11)
    return [
        f"{first}by {grant.by} on {london_date(grant.at)}{named}",
        f"           until {grant.expires_on}; {_telling(grant.telling)}",
        *(f"           {_chosen(chosen, one)}" for chosen in grant.files),
    ]


def _file(file: Listed) -> str:
    size = "?" if file.bytes is None else f"{file.bytes:,}"
    digest = f"sha256 {file.sha256}" if file.sha256 else "not held: its digest is known once it is in a copy"
    return f"{file.source_key}  {file.record_class}, {size} bytes, {digest}"


def _chosen(chosen: Chosen, one: Disclosure) -> str:
    listed = one.chosen(chosen.file)
    cuts = ", ".join(f"{cut.from_ms}-{cut.to_ms} ms of {cut.channel}" for cut in chosen.cuts)
    return f"{_file(listed) if listed else chosen.file}{f'; silent in {cuts}' if cuts else ''}"


def _telling(telling: Telling) -> str:
    if telling.tell:
        return "the person may be told"
    return f"the person may not be told ({telling.ground}), looked at again on {telling.review_on}"


SEEING = (list_disclosures, show)
