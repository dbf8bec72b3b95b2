"""What people decide of a request, by signed calls: whose a contact is, what of a file goes out, and the package."""

from __future__ import annotations

from typing import Any

import click

from cli.decisions.cuts import part_of
from cli.decisions.decide import call
from cli.environments import environment_option
from cli.request.place import request_id
from steward.rights.commands import GROUNDS

_WHY = click.option("--why", default="", help="The reason, as it will stand in the book of decisions.")


@click.command("confirm")
@click.argument("request")
@click.argument("contact")
@_WHY
@environment_option
def confirm(*, request: str, contact: str, why: str, environment: str) -> int:
    """Say that CONTACT is the person's own. By voice, name, what was said: a number is not a person."""
    return _match(environment, request, contact, "confirmed", why)


@click.command("reject")
@click.argument("request")
@click.argument("contact")
@_WHY
@environment_option
def reject(*, request: str, contact: str, why: str, environment: str) -> int:
    """Say that CONTACT is somebody else's. It leaves the request, and is no longer held for it."""
    return _match(environment, request, contact, "rejected", why)


def _match(environment: str, request: str, contact: str, verdict: str, why: str) -> int:
    decision = "approve" if verdict == "confirmed" else "reject"
    fields = {"contact_id": contact, "verdict": verdict, "why": why}
    return _decide(environment, "match", request, decision, fields)


@click.command("review")
@click.argument("request")
@click.argument("file")
@click.argument("verdict", type=click.Choice(["whole", "transcript_only", "withheld"]))
@click.option("--ground", type=click.Choice(GROUNDS), help="Why it, or a part of it, stays here.")
@_WHY
@environment_option
def review(*, request: str, file: str, verdict: str, ground: str | None, why: str, environment: str) -> int:
    """Say what of FILE goes out. `cut` is for a file of which a part does not."""
    if verdict != "whole" and ground is None:
        raise click.ClickException(f"--ground is needed with {verdict}: {', '.join(GROUNDS)}")
    fields = {"file": file, "verdict": verdict, "ground": ground, "why": why}
    return _decide(environment, "item", request, "approve", fields)


@click.command("cut")
@click.argument("request")
@click.argument("file")
@click.argument("parts", nargs=-1, required=True, metavar="FROM-TO[:left|:right|:all]...")
@click.option("--ground", type=click.Choice(GROUNDS), required=True, help="Why these parts stay here.")
@_WHY
@environment_option
def cut(*, request: str, file: str, parts: tuple[str, ...], ground: str, why: str, environment: str) -> int:
    """Let FILE go out without the parts FROM-TO, such as 2:10-3:05:left: silence in their place, and no words.

    The advisor is on the right channel, the customer and everybody conferenced on the left. The original stays.
    """
    fields = {"file": file, "verdict": "edited", "ground": ground, "cuts": [part_of(one) for one in parts], "why": why}
    return _decide(environment, "item", request, "approve", fields)


@click.command("approve")
@click.argument("request")
@click.option("--manifest", required=True, help="SHA-256 of the manifest that you have seen.")
@click.option("--reject", "rejects", is_flag=True, help="Say instead that it may not go out so.")
@_WHY
@environment_option
def approve(*, request: str, manifest: str, rejects: bool, why: str, environment: str) -> int:
    """Let the package of that manifest out, or reject it. You neither opened, matched nor reviewed it."""
    fields = {"manifest_sha256": manifest, "why": why}
    return _decide(environment, "package", request, "reject" if rejects else "approve", fields)


@click.command("erase")
@click.argument("request")
@click.option("--keep", "kept", multiple=True, metavar="KEY", help="A key, STORE/KEY or a contact that stays.")
@click.option("--ground", default=None, help="The law that lets it stay, in one word, such as legal_claims.")
@_WHY
@environment_option
def erase(*, request: str, kept: tuple[str, ...], ground: str | None, why: str, environment: str) -> int:
    """Say what of an erasure's plan stays, or that nothing does.

    Nothing goes before somebody else approves the plan (`steward decide erasure`). What a hold keeps waits in any case.
    Another call takes the place of the one before.
    """
    if bool(kept) != bool(ground):
        raise click.ClickException("--keep and --ground go together: nothing stays without the law that lets it")
    artefacts = [{"key": one, "ground": ground} for one in kept] or "all"
    return _decide(environment, "erasure_scope", request, "approve", {"artefacts": artefacts, "why": why})


def _decide(environment: str, subject: str, request: str, decision: str, fields: dict[str, Any]) -> int:
    stated = {name: value for name, value in fields.items() if value is not None}
    return call(environment, {"subject": subject, "id": request_id(request), "decision": decision, **stated})


JUDGING = (confirm, reject, review, cut, approve, erase)
