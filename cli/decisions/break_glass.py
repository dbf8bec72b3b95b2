"""``steward break-glass``: one held copy goes before its time, in an emergency, by one person, who is told of."""

from __future__ import annotations

import click

from cli.decisions.decide import FINDINGS, address, send
from cli.environments import environment_option, open_environment

OUTPUT = "BreakGlassUrl"


@click.command("break-glass")
@click.argument("key")
@click.argument("version_id")
@click.option("--why", required=True, help="The reason, as it will stand in the disposal ledger.")
@environment_option
def break_glass(*, key: str, version_id: str, why: str, environment: str) -> int:
    """Remove the version VERSION_ID of the held copy at KEY for good, whatever its lock.

    Needs the break-glass role. The ledger has it, and the data protection officer is told, before it goes.
    """
    there = open_environment(environment)
    answer = send(there, address(there, OUTPUT), {"key": key, "version_id": version_id, "why": why})
    status, reason = answer.get("status", ""), answer.get("reason", "")
    click.echo(f"{status}: {reason}" if reason else status)
    return 0 if status == "removed" else FINDINGS
