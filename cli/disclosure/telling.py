"""What disclosure officers report: that somebody asks for records, and that a copy went out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from cli.disclosure.place import Disclosures, disclosure_id, open_disclosures
from cli.environments import environment_option
from cli.request.telling import DAY, on_option
from steward.clock import SystemClock
from steward.holds.requests import BadRequest
from steward.names import FORMS
from steward.policy.disclosure import Need, RecipientKind
from steward.rights.commands import ROUTES
from steward.rights.disclosing import commands, gate
from steward.rights.disclosing.commands import HANDED_OVER, REQUESTED

SHOWN = (*(one.value for one in Need if one is not Need.FORM_KEY), "prejudice", "sensitive", "victim_notice_on")


@click.command("ask")
@click.argument("disclosure")
@click.option("--kind", type=click.Choice([one.value for one in RecipientKind]), required=True, help="Who asks.")
@click.option("--contact", "contacts", multiple=True, help="A contact whose records are asked for; every one of them.")
@click.option("--from", "first", default="", metavar=DAY, help="First day, if only a period is meant.")
@click.option("--to", "last", default="", metavar=DAY, help="Last day, if only a period is meant.")
@click.option(
    "--form",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Their signed form, or the sealed order: it goes into the store of rights.",
)
@click.option("--shows", "shown", multiple=True, metavar="NAME=VALUE", help="What they show, such as force=Met.")
@click.option(
    "--as-it-is", is_flag=True, help="Report it although it lacks something, so that its refusal is on record."
)
@environment_option
def ask(
    *,
    disclosure: str,
    kind: str,
    contacts: tuple[str, ...],
    first: str,
    last: str,
    form: Path | None,
    shown: tuple[str, ...],
    as_it_is: bool,
    environment: str,
) -> int:
    """Report that somebody asks for records, under DISCLOSURE, a reference of the council's own.

    What they have to show is named by --shows NAME=VALUE; docs/disclosures.md has the list. Who is at risk in an
    emergency is said by "yes": nobody is named.
    """
    name = disclosure_id(disclosure)
    detail: dict[str, Any] = {"disclosure": name, "kind": kind, "contact_ids": list(contacts), **_named(shown)}
    detail |= {key: value for key, value in (("from", first), ("to", last)) if value}
    there = open_disclosures(environment)
    detail["requested_by"] = there.place.me
    lacking = _lacking(there, detail, form)
    if lacking and not as_it_is:
        said = "; ".join(f"{field}: {problem}" for field, problem in lacking.items())
        raise click.ClickException(f"{said} (nothing was reported; with --as-it-is the refusal is on record)")
    if form is not None:
        detail["form_key"] = there.hand_in(name, form)
    there.place.tell(REQUESTED, detail)
    click.echo(f"reported: {REQUESTED}, disclosure {name}")
    return 0


def _named(shown: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in shown:
        name, equals, value = one.partition("=")
        if not equals or name not in SHOWN:
            raise click.ClickException(f"--shows {name}: is none of {', '.join(SHOWN)}")
        listed = [each.strip() for each in value.split(",")]
        found[name] = listed if name == Need.SCOPE and value.strip().lower() != "all" else value
    return found


def _lacking(there: Disclosures, detail: Mapping[str, Any], form: Path | None) -> dict[str, str]:
    """Return what would be refused, by the gate itself; raise ``click.ClickException`` for what cannot be read."""
    # The key that a form will have: what is in it nobody reads here.
    stated = {**detail, **({"form_key": f"{FORMS}form"} if form else {})}
    read, kind = _read(REQUESTED, stated), RecipientKind(detail["kind"])
    needs = there.policy.needs_of(kind)
    if needs is None:
        return {"kind": "is not on the council's list of recipients"}
    if not isinstance(read, commands.Requested):
        return {}
    return {**read.problems, **gate.examine(kind, needs, stated, read.contact_ids, read.at).problems}


def _read(kind: str, stated: Mapping[str, Any]) -> commands.Command:
    try:
        return commands.command(kind, stated, SystemClock().now())
    except BadRequest as problem:
        raise click.ClickException(str(problem)) from None


@click.command("handed-over")
@click.argument("disclosure")
@click.option("--route", required=True, help=f"In one word: {', '.join(ROUTES)}.")
@on_option
@environment_option
def handed_over(*, disclosure: str, route: str, on: str, environment: str) -> int:
    """Report that the copy went out."""
    stated = {"disclosure": disclosure_id(disclosure), "route": route, **({"on": on} if on else {})}
    _read(HANDED_OVER, stated)
    open_disclosures(environment).place.tell(HANDED_OVER, stated)
    click.echo(f"reported: {HANDED_OVER}, disclosure {disclosure}")
    return 0


TELLING = (ask, handed_over)
