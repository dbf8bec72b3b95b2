"""``steward report CASE``: the receipt of one case, for the file of whoever answers it.

It asks the register alone, with the rights that a complaints officer and the data protection officer have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import click
import msgspec

from cli.environments import OpenEnvironment, environment_option, open_environment
from cli.request.place import answering
from steward.clock import SystemClock
from steward.evidence.register.receipt import Receipt, UnknownCase, receipt, receipt_page, receipt_text
from steward.failures import UnreadableRow
from steward.holds.adapters import rows
from steward.holds.register import ContactHolds
from steward.holds.requests import BadRequest, case_ref
from steward.ids import CaseRef
from steward.names import PARTITION_KEY, SORT_KEY

FINDINGS = 1
TABLE = "RegisterTable"
"""Logical id of the stores' stack."""


@click.command("report")
@click.argument("case")
@click.option(
    "--format",
    "output",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="As lines, as JSON, or as a page to be printed and filed.",
)
@environment_option
def report(*, case: str, output: Literal["text", "json", "html"], environment: str) -> int:
    """Write the receipt of CASE: every contact and file, its digest and lock, and what is missing.

    Exit 1 if something is missing or was not looked at yet.
    """
    try:
        named = case_ref(case)
    except BadRequest as problem:
        raise click.ClickException(str(problem)) from None
    there = open_environment(environment)
    try:
        said = _receipt(there, named)
    except UnknownCase as problem:
        raise click.ClickException(f"{problem} in {environment}") from None
    match output:
        case "html":
            click.echo(receipt_page(said).decode(), nl=False)
        case "json":
            click.echo(msgspec.json.format(msgspec.json.encode(said), indent=2).decode())
        case _:
            click.echo(receipt_text(said))
    return 0 if said.is_whole else FINDINGS


def _receipt(there: OpenEnvironment, case: CaseRef) -> Receipt:
    try:
        table = there.resources("stores")[TABLE]
    except KeyError:
        raise click.ClickException(f"the stacks of {there.name} have no {TABLE}") from None
    files, unread = list[ContactHolds](), 0
    with answering("the register"):
        for row in _query(there, table, f" AND begins_with({SORT_KEY}, :sk)", rows.contacts_of(case)):
            contact = rows.contact_in(row, SORT_KEY)
            try:
                files.append(rows.read_file(contact, _query(there, table, "", rows.partition_of(contact))))
            except UnreadableRow:
                unread += 1
    council, at = _council(there), SystemClock().now()
    return receipt(case, files, council=council, environment=there.name, at=at, unread=unread)


def _query(there: OpenEnvironment, table: str, also: str, named: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    pages = (
        there.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=table,
            KeyConditionExpression=f"{PARTITION_KEY} = :pk{also}",
            ExpressionAttributeValues=named,
            ConsistentRead=True,
        )
    )
    for page in pages:
        yield from page["Items"]


def _council(there: OpenEnvironment) -> str:
    """Return the council's name, from the policy of the folder in use."""
    from infra.config import cdk_context, choose  # noqa: PLC0415 - only what touches an account needs it
    from infra.refusal import RefusalError  # noqa: PLC0415
    from steward.policy.load import PolicyError, load_policy  # noqa: PLC0415

    try:
        return load_policy(choose(cdk_context(), there.name).policy_path).council.name
    except (PolicyError, RefusalError) as problem:
        raise click.ClickException(str(problem)) from None
