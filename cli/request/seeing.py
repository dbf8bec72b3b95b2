"""What a request needs and has: the register, one request, a contact's record, its package, a link, and letters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal

import click
import msgspec

from cli.decisions.decide import address, send
from cli.environments import environment_option
from cli.request.place import Place, open_place, request_id
from cli.wording import counted
from steward.clock import SystemClock, london_date
from steward.policy.letters import LetterKind
from steward.rights.clock.holidays import ENGLAND_AND_WALES, BeyondTheTable
from steward.rights.erasure.artefacts import Erasure
from steward.rights.letters import CannotWrite, letter, to_say
from steward.rights.overview.lines import RegisterLine, in_order, line
from steward.rights.overview.page import register_page
from steward.rights.package.contents import record_of
from steward.rights.requests import Right, SubjectRequest

FINDINGS = 1
HAND_OVER = "HandOverUrl"

Output = Literal["text", "json"]
_FORMAT = click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", show_default=True)


def _today() -> date:
    return london_date(SystemClock().now())


def _line(place: Place, request: SubjectRequest) -> RegisterLine:
    try:
        return line(request, place.promise, ENGLAND_AND_WALES, _today())
    except BeyondTheTable as problem:
        raise click.ClickException(str(problem)) from None


@click.command("list")
@click.option("--closed", is_flag=True, help="Those too that are closed, as long as something of them is kept.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="As a table, as JSON, or as a page with a picture of the deadlines.",
)
@environment_option
def list_requests(*, closed: bool, output: Literal["text", "json", "html"], environment: str) -> int:
    """List the requests by what is due first. Exit 1 if one is overdue."""
    place = open_place(environment)
    lines = in_order(_line(place, one) for one in place.all())
    today = _today()
    shown = [one for one in lines if closed or output == "html" or one.closed_on is None]
    if output == "html":
        click.echo(register_page(place.policy.council.name, shown, today).decode(), nl=False)
    elif output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    else:
        click.echo(_table(shown, today))
    return FINDINGS if any(one.overdue(today) for one in lines) else 0


def _table(lines: list[RegisterLine], today: date) -> str:
    rows = [("request", "right", "status", "received", "act by", "next", "who")]
    for one in lines:
        late = " (overdue)" if one.overdue(today) else ""
        what = f"{one.next.what} by {one.next.on}" if one.next else f"{one.outcome} on {one.closed_on}"
        act_by = str(one.act_by or "not running")
        who = one.next.owner if one.next else ""
        rows.append((one.request, one.right, f"{one.status}{late}", str(one.received_on), act_by, what, who))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    said = ["  ".join([*(c.ljust(w) for c, w in zip(r, widths, strict=False)), r[6]]).rstrip() for r in rows]
    return "\n".join([*said, counted(len(lines), "request")])


@click.command("show")
@click.argument("request")
@_FORMAT
@environment_option
def show(*, request: str, output: Output, environment: str) -> int:
    """Show REQUEST: its dates, contacts, files, package or erasure, and what is to be done next."""
    place = open_place(environment)
    known = place.find(request)
    one = _line(place, known)
    erasure = place.erasure(known.id) if known.right is Right.ERASURE else None
    if output == "json":
        stated = {"line": one, "request": known, "to_review": known.unreviewed, "erasure": erasure}
        click.echo(msgspec.json.format(msgspec.json.encode(stated), indent=2).decode())
    else:
        click.echo("\n".join([*_told(known, one), *(_planned(erasure) if erasure else ())]))
    return 0


def _planned(erasure: Erasure) -> list[str]:
    said = [f"erasure:   {erasure.status.replace('_', ' ')}, plan {erasure.plan_sha256}"]
    for one in erasure.artefacts:
        why = f" ({one.ground.replace('_', ' ')}{f', until {one.until}' if one.until else ''})" if one.ground else ""
        said.append(f"           {one.status.replace('_', ' ')}{why}: {one.store}, {one.key}")
    return said


def _told(request: SubjectRequest, one: RegisterLine) -> list[str]:
    dates = f"by law {one.law_on}, promised {one.promised_on}, act by {one.act_by}" if one.act_by else "not running"
    said = [
        f"{request.id}: {request.right}, {request.status.replace('_', ' ')}",
        f"received:  {request.received_on}, {request.channel or 'channel not said'}",
        f"dates:     {dates}",
    ]
    if one.next:
        said.append(f"next:      {one.next.what}, {one.next.owner}, by {one.next.on}")
    search = request.search
    if search is not None:
        state = "under way" if search.ended_at is None else "complete" if search.complete else "incomplete"
        said.append(f"search:    look {search.look} {state}, {counted(search.objects, 'object')}")
        said += [f"           cannot be read: {name}" for name in search.unreadable]
    said.append(f"contacts:  {counted(len(request.matches), 'contact')}")
    for match in request.matches:
        notes = [match.verdict.value, *(["weak"] if match.weak else []), *([match.by] if match.by else [])]
        said.append(f"           {match.contact_id}  {', '.join(notes)}")
    if request.to_review or request.items:
        said.append("files:")
        verdicts = {item.file: item.verdict.value for item in request.items}
        said += [f"           {file}  {verdicts.get(file, 'to review')}" for file in request.to_review]
    if request.package is not None:
        said.append(f"package:   {request.package.manifest_sha256}, {_approval(request)}")
    said += [f"handed over: {over.on} by {over.route or 'a way not said'}" for over in request.hand_overs]
    if request.closing is not None:
        said.append(f"closed:    {request.closing.on}, {request.closing.outcome}")
    return said


def _approval(request: SubjectRequest) -> str:
    package = request.package
    if package is None or package.approved_at is None:
        return "waits for approval"
    return f"approved by {package.approved_by}, {counted(package.links, 'link')} given"


@click.command("contact")
@click.argument("request")
@click.argument("contact")
@environment_option
def contact(*, request: str, contact: str, environment: str) -> int:
    """Print what is kept of a found CONTACT, as JSON. It names the person, so that it can be matched."""
    place = open_place(environment)
    known = place.find(request)
    match = next((one for one in known.matches if one.contact_id == contact), None)
    if match is None:
        raise click.ClickException(f"{contact} is no contact that was found for the request {known.id}")
    record, entries = place.record(known.id, match.contact_id), place.entries(known.id, match.contact_id)
    found = {"record": record_of(record) if record else None, "registers": json.loads(entries) if entries else {}}
    click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    return 0


@click.command("package")
@click.argument("request")
@click.option("--to", "target", type=click.Path(path_type=Path, dir_okay=False), help="Save the archive there.")
@_FORMAT
@environment_option
def package(*, request: str, target: Path | None, output: Output, environment: str) -> int:
    """Show the package of REQUEST: its manifest, its files and their digests. Exit 1 if there is none yet."""
    place = open_place(environment)
    known = place.find(request)
    if known.package is None or known.package.gone:
        click.echo(f"request {known.id} has no package: {_line_of_next(place, known)}", err=True)
        return FINDINGS
    if target is not None:
        body = place.package(known.package.key)
        if body is None:
            raise click.ClickException(f"the package of {known.id} is not in the store any more")
        target.write_bytes(body)
    if output == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(known.package), indent=2).decode())
        return 0
    click.echo(f"manifest {known.package.manifest_sha256}, {_approval(known)}")
    for file in known.package.files:
        click.echo(f"{file.sha256}  {file.bytes:>10}  {file.name}")
    return 0


def _line_of_next(place: Place, request: SubjectRequest) -> str:
    step = _line(place, request).next
    return f"{step.what} ({step.owner})" if step else "it is closed"


def print_link(answer: Mapping[str, Any]) -> int:
    """Print the link that ``hand_over`` answered with, or why there is none; return how the command ends."""
    if answer.get("status") != "given":
        click.echo(f"{answer.get('status', '')}: {answer.get('reason', '')}")
        return FINDINGS
    click.echo(f"steward: link number {answer.get('count')}, open for 15 minutes", err=True)
    click.echo(answer["link"])
    return 0


@click.command("hand-over")
@click.argument("request")
@click.option("--why", default="", help="Needed for another link: why the one before was not enough.")
@environment_option
def hand_over(*, request: str, why: str, environment: str) -> int:
    """Print a link of 15 minutes to the approved package of REQUEST. It is counted. Report with `handed-over`."""
    place = open_place(environment)
    answer = send(
        place.environment, address(place.environment, HAND_OVER), {"request": request_id(request), "why": why}
    )
    return print_link(answer)


@click.command("letter")
@click.argument("request")
@click.argument("kind", type=click.Choice([one.value for one in LetterKind]))
@click.option("--language", default="en", show_default=True, help="A language of the notice: en, cy.")
@click.option("--reason", default="", help="For an extension or a refusal, in the letter's language; kept nowhere.")
@environment_option
def write_letter(*, request: str, kind: str, language: str, reason: str, environment: str) -> int:
    """Print a letter to the person, in the policy's words. Add the name and the address yourself."""
    place = open_place(environment)
    rights = place.policy.subject_rights
    known = place.find(request)
    if rights is None:
        raise click.ClickException("the policy has no section subject_rights")
    try:
        text = letter(
            LetterKind(kind),
            language,
            rights=rights,
            council=place.policy.council,
            request=known,
            dates=known.deadlines(place.promise, ENGLAND_AND_WALES, _today()),
            today=_today(),
            reason=reason,
        )
    except (CannotWrite, BeyondTheTable) as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(text, nl=False)
    erasure = place.erasure(known.id) if kind == LetterKind.ERASURE else None
    if erasure is not None and to_say(erasure):
        click.echo(to_say(erasure), err=True)
    return 0


SEEING: tuple[Any, ...] = (list_requests, show, contact, package, hand_over, write_letter)
