"""What people state of a disclosure by signed calls: what goes out, and whether it may."""

from __future__ import annotations

from typing import Any

import click

from cli.decisions.cuts import part_of
from cli.decisions.decide import address, call, send
from cli.disclosure.place import disclosure_id
from cli.environments import environment_option, open_environment
from cli.request.seeing import HAND_OVER, print_link
from cli.request.telling import DAY
from steward.rights.commands import GROUNDS

_WHY = click.option("--why", required=True, help="The reason, as it will stand in the book of decisions.")


@click.command("propose")
@click.argument("disclosure")
@click.option("--file", "files", multiple=True, help="A file that goes out, by its key as `show` has it.")
@click.option("--cut", "cuts", multiple=True, metavar="KEY=FROM-TO[:left|:right]", help="A part of it that does not.")
@click.option("--expires-on", default=None, metavar=DAY, help="Until when the copy is there to be handed over.")
@click.option("--tell", type=click.Choice(["yes", "no"]), required=True, help="Whether the person may be told of it.")
@click.option("--ground", type=click.Choice(GROUNDS), default=None, help="Why the person may not be told.")
@click.option("--review-on", default=None, metavar=DAY, help="When that is looked at again; in 90 days if not given.")
@_WHY
@environment_option
def propose(
    *,
    disclosure: str,
    files: tuple[str, ...],
    cuts: tuple[str, ...],
    expires_on: str | None,
    tell: str,
    ground: str | None,
    review_on: str | None,
    why: str,
    environment: str,
) -> int:
    """Propose what goes out for DISCLOSURE, as a disclosure officer; somebody else decides it.

    Once a copy is there, only --tell, --ground and --review-on can be proposed anew.
    """
    parts = _cuts(files, cuts)
    named = [{"file": one, "cuts": parts[one]} if one in parts else one for one in files]
    stated = {
        "files": named or None,
        "expires_on": expires_on,
        "tell_person": tell == "yes",
        "ground": ground,
        "review_on": review_on,
    }
    return _state(environment, disclosure, "request", {**stated, "why": why})


def _cuts(files: tuple[str, ...], cuts: tuple[str, ...]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for one in cuts:
        file, _, part = one.rpartition("=")
        if file not in files:
            raise click.ClickException(f"--cut {one}: names no file that is given by --file")
        found.setdefault(file, []).append(part_of(part))
    return found


@click.command("decide")
@click.argument("disclosure")
@click.argument("decision", type=click.Choice(["approve", "reject"]))
@click.option(
    "--proposal", default=None, help="The proposal that you have seen, as `show` names it; needed to approve."
)
@_WHY
@environment_option
def decide(*, disclosure: str, decision: str, proposal: str | None, why: str, environment: str) -> int:
    """Grant or refuse what somebody else proposed for DISCLOSURE, as a data protection officer or rights approver."""
    if decision == "approve" and not proposal:
        raise click.ClickException(
            "--proposal is needed to approve: `steward disclosure show` names the one that stands"
        )
    return _state(environment, disclosure, decision, {"proposal": proposal, "why": why})


@click.command("hand-over")
@click.argument("disclosure")
@click.option("--why", default="", help="Needed for another link: why the one before was not enough.")
@environment_option
def hand_over(*, disclosure: str, why: str, environment: str) -> int:
    """Print a link of 15 minutes to the copy for DISCLOSURE; it is counted. Report with `handed-over`."""
    there = open_environment(environment)
    answer = send(there, address(there, HAND_OVER), {"disclosure": disclosure_id(disclosure), "why": why})
    return print_link(answer)


def _state(environment: str, disclosure: str, decision: str, fields: dict[str, Any]) -> int:
    stated = {name: value for name, value in fields.items() if value is not None}
    about = {"subject": "disclosure", "id": disclosure_id(disclosure), "decision": decision}
    return call(environment, {**about, **stated})


DECIDING = (propose, decide, hand_over)
