"""What the information team reports of a request: it came, proof, questions, an extension, a hand-over, its end."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TextIO, TypeVar

import click

from cli.commands import Commands
from cli.environments import environment_option
from cli.request.place import open_place, request_id
from cli.wording import counted
from steward.clock import SystemClock, london_date
from steward.holds.requests import BadRequest
from steward.rights import commands
from steward.rights.commands import OUTCOMES, ROUTES
from steward.rights.correcting import LONGEST_STATEMENT, said_in
from steward.rights.finding.identifiers import MOST, identifier
from steward.rights.requests import Right

Command = TypeVar("Command", bound=Callable[..., Any])

DAY = "YYYY-MM-DD"


def on_option(command: Command) -> Command:
    """Give a command the option ``--on``."""
    return click.option("--on", default="", metavar=DAY, help="London date on which it happened; today if not given.")(
        command
    )


def tell(environment: str, kind: str, detail: Mapping[str, Any]) -> int:
    """Report something, once it was read here as it will be read there.

    Raises ``click.ClickException`` for what would be refused.
    """
    stated = {name: value for name, value in detail.items() if value not in ("", None)}
    checked(kind, stated)
    open_place(environment).tell(kind, stated)
    click.echo(f"reported: {kind}, request {stated['request']}")
    return 0


def checked(kind: str, stated: Mapping[str, Any]) -> None:
    """Raise ``click.ClickException`` for what would be refused, or only assumed, once it is sent."""
    try:
        command = commands.command(kind, stated, SystemClock().now())
    except BadRequest as problem:
        raise click.ClickException(str(problem)) from None
    doubts = command.doubts if isinstance(command, commands.Received) else ()
    if doubts:
        raise click.ClickException(f"{doubts[0].field}: {doubts[0].problem.partition(';')[0]}")


@click.command("open")
@click.argument("request")
@click.option("--right", type=click.Choice([one.value for one in Right]), default="access", show_default=True)
@click.option("--received-on", default="", metavar=DAY, help="Day on which anybody in the council received it.")
@click.option("--channel", required=True, help="How it came, in one word: letter, email, call, counter.")
@click.option("--identity", type=click.Choice(["confirmed", "needed"]), required=True, help="Whether proof is needed.")
@click.option("--phone", "phones", multiple=True, help="A number of the person; every one they gave, also old ones.")
@click.option("--email", "emails", multiple=True, help="An e-mail address of the person.")
@click.option("--contact", "contacts", multiple=True, help="A contact that they name, by its id.")
@click.option("--case", "cases", multiple=True, help="A case of theirs for which contacts are held.")
@environment_option
def open_request(
    *,
    request: str,
    right: str,
    received_on: str,
    channel: str,
    identity: str,
    phones: tuple[str, ...],
    emails: tuple[str, ...],
    contacts: tuple[str, ...],
    cases: tuple[str, ...],
    environment: str,
) -> int:
    """Open REQUEST, a reference of the council's own, for a person whom the options identify.

    The identifiers go into the store of rights alone, never into an event. The clock starts on the day of receipt.
    """
    by_kind = {"phone": phones, "email": emails, "contact": contacts, "case": cases}
    identifiers = [{"type": kind, "value": value} for kind, values in by_kind.items() for value in values]
    _usable(identifiers)
    name = request_id(request)
    key = f"intake/{name}.json"
    today = london_date(SystemClock().now()).isoformat()
    detail = {
        "request": name,
        "right": right,
        "received_on": received_on or today,
        "channel": channel,
        "intake_key": key,
        "identity": identity,
    }
    checked("Subject Request Received", detail)
    place = open_place(environment)
    detail["requested_by"] = place.me
    place.hand_in(key, identifiers)
    place.tell("Subject Request Received", detail)
    click.echo(f"opened: request {name}, {counted(len(identifiers), 'identifier')}; the search begins by itself")
    return 0


def _usable(identifiers: list[dict[str, str]]) -> None:
    """Raise ``click.ClickException`` for an identifier by which nobody could be found; no message quotes one."""
    if not identifiers:
        raise click.ClickException("nothing identifies the person: give --phone, --email, --contact or --case")
    if len(identifiers) > MOST:
        raise click.ClickException(f"at most {MOST} identifiers are looked for at once")
    for one in identifiers:
        try:
            identifier(one)
        except BadRequest as problem:
            raise click.ClickException(f"--{one['type']}: {problem.problem}") from None


@click.group("identity", cls=Commands)
def identity() -> None:
    """Report on proof of who the person is. Asking for it lets the law's month start on the day it comes."""


@identity.command("asked")
@click.argument("request")
@on_option
@environment_option
def identity_asked(*, request: str, on: str, environment: str) -> int:
    """Report that proof of identity was asked for."""
    return tell(environment, "Identity Asked", {"request": request, "on": on})


@identity.command("confirmed")
@click.argument("request")
@on_option
@environment_option
def identity_confirmed(*, request: str, on: str, environment: str) -> int:
    """Report that the person has shown who they are. No copy of the proof is kept."""
    return tell(environment, "Identity Confirmed", {"request": request, "on": on})


@click.command("authority")
@click.argument("request")
@click.option("--kind", required=True, help="In one word: power_of_attorney, written, parent, deputy.")
@click.option("--until", default="", metavar=DAY, help="Its last day, if it has one; checked again at hand-over.")
@on_option
@environment_option
def authority(*, request: str, kind: str, until: str, on: str, environment: str) -> int:
    """Report that the authority of somebody who acts for the person was seen."""
    return tell(environment, "Authority Confirmed", {"request": request, "kind": kind, "until": until, "on": on})


@click.group("question", cls=Commands)
def question() -> None:
    """Report on a question about what is asked for. The time stops while it is open."""


@question.command("asked")
@click.argument("request")
@on_option
@environment_option
def question_asked(*, request: str, on: str, environment: str) -> int:
    """Report that the person was asked which information they mean."""
    return tell(environment, "Clarification Asked", {"request": request, "on": on})


@question.command("answered")
@click.argument("request")
@on_option
@environment_option
def question_answered(*, request: str, on: str, environment: str) -> int:
    """Report that the person answered."""
    return tell(environment, "Clarification Answered", {"request": request, "on": on})


@click.command("extend")
@click.argument("request")
@click.option("--reason", required=True, help="In one word: complexity, number.")
@click.option("--told-on", default="", metavar=DAY, help="Day on which the person was told; today if not given.")
@environment_option
def extend(*, request: str, reason: str, told_on: str, environment: str) -> int:
    """Report that the person was told of two more months. Refused once the first month is over."""
    today = london_date(SystemClock().now()).isoformat()
    return tell(environment, "Request Extended", {"request": request, "reason": reason, "told_on": told_on or today})


@click.command("handed-over")
@click.argument("request")
@click.option("--route", required=True, help=f"In one word: {', '.join(ROUTES)}.")
@on_option
@environment_option
def handed_over(*, request: str, route: str, on: str, environment: str) -> int:
    """Report that the person has the package."""
    return tell(environment, "Package Handed Over", {"request": request, "route": route, "on": on})


@click.command("close")
@click.argument("request")
@click.argument("outcome", type=click.Choice(OUTCOMES))
@on_option
@environment_option
def close(*, request: str, outcome: str, on: str, environment: str) -> int:
    """Report how REQUEST ended. Its holds then run to their end, and the identifiers go in the night."""
    return tell(environment, "Request Closed", {"request": request, "outcome": outcome, "on": on})


@click.command("correct")
@click.argument("request")
@click.argument("contact_id")
@click.option("--statement", type=click.File(encoding="utf-8"), help="A file with what the person says of the contact.")
@click.option("--attribute", "attributes", multiple=True, metavar="NAME=VALUE", help="An attribute as it is right.")
@environment_option
def correct(
    *, request: str, contact_id: str, statement: TextIO | None, attributes: tuple[str, ...], environment: str
) -> int:
    """Hand in what is wrong about CONTACT_ID, which was confirmed for REQUEST, a request for rectification.

    It is kept with the contact and stands in every package; attributes are put right in Connect. No recording changes.
    """
    pairs = [one.partition("=") for one in attributes]
    if any(not name or not separator for name, separator, _ in pairs):
        raise click.ClickException("--attribute: write NAME=VALUE")
    said = {
        "statement": _read_text(statement) if statement else "",
        "attributes": {name: value for name, _, value in pairs},
    }
    try:
        said_in(json.dumps(said).encode())
    except BadRequest as problem:
        raise click.ClickException(str(problem)) from None
    name = request_id(request)
    key = f"intake/{name}-{contact_id}.json"
    detail = {"request": name, "contact_id": contact_id, "object_key": key}
    checked("Contact Corrected", detail)
    place = open_place(environment)
    place.hand_in(key, said)
    place.tell("Contact Corrected", {**detail, "requested_by": place.me})
    click.echo(f"handed in: contact {contact_id}, request {name}")
    return 0


def _read_text(file: TextIO) -> str:
    """Return what is in a file; raise ``click.ClickException`` for what is no UTF-8, or far too long."""
    try:
        return file.read(LONGEST_STATEMENT + 1)
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name}: is not text in UTF-8") from None


@click.command("lift-restriction")
@click.argument("request")
@click.option("--told-on", required=True, metavar=DAY, help="Day on which the person was told, before it is lifted.")
@environment_option
def lift_restriction(*, request: str, told_on: str, environment: str) -> int:
    """Report that REQUEST restricts nothing any more: texts may go again, and its holds run to their end."""
    return tell(environment, "Restriction Lifted", {"request": request, "told_on": told_on})


TELLING = (open_request, identity, authority, question, extend, handed_over, close, correct, lift_restriction)
