"""``steward erase-card-data``: removes a recording that holds card data, and every copy of it, from a real account."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from cli.environments import environment_option, open_environment
from steward.clock import SystemClock
from steward.holds.card_data import CardDataEraser, NotGone, Refused, Removal, StoredObject
from steward.holds.ports import VersionConflict
from steward.ids import ContactId

if TYPE_CHECKING:
    from collections.abc import Iterable

    from steward.holds.card_data import Version

CARD_DATA = "card data was recorded (PCI DSS 3.3.1)"


class Location(click.ParamType[StoredObject]):
    """An object as ``s3://bucket/key``, or as Connect writes locations, ``bucket/key``."""

    name = "object"

    def convert(
        self, value: str | StoredObject, param: click.Parameter | None, ctx: click.Context | None
    ) -> StoredObject:
        """Read one location; a wrong one ends the command with a line that names it."""
        if isinstance(value, StoredObject):
            return value
        bucket, _, key = value.removeprefix("s3://").partition("/")
        if not bucket or not key:
            self.fail(f"{value!r} is not s3://bucket/key", param, ctx)
        return StoredObject(bucket, key)


@click.command("erase-card-data")
@click.argument("contact_id", type=ContactId)
@click.argument("objects", nargs=-1, required=True, type=Location())
@click.option("--requested-by", required=True, help="Who asks for it: a staff id, not a name.")
@click.option("--approved-by", required=True, help="Who approves it: somebody else.")
@click.option("--why", default=CARD_DATA, show_default=True, help="The reason, as it will stand in the register.")
@environment_option
@click.option("--remove", is_flag=True, help="Do it. Without this it only lists what would go.")
def erase_card_data(
    *,
    contact_id: ContactId,
    objects: tuple[StoredObject, ...],
    requested_by: str,
    approved_by: str,
    why: str,
    environment: str,
    remove: bool,
) -> int:
    """Remove OBJECTS of a contact and every held copy of them, for good, and leave the trace of it.

    Needs the break-glass role. docs/card-data-in-a-recording.md tells the whole procedure. Exit 0 when it is done or
    listed, 1 when there is nothing of that name.
    """
    # boto3 takes its time, which the other commands do without.
    from steward.failures import AwsError  # noqa: PLC0415

    eraser = _eraser(names_of(environment))
    removal = Removal(
        contact_id=contact_id, objects=objects, requested_by=requested_by, approved_by=approved_by, why=why
    )
    try:
        found = eraser.carry_out(removal) if remove else eraser.plan(removal)
    except (Refused, NotGone, VersionConflict, AwsError) as problem:
        raise click.ClickException(str(problem)) from problem
    return _report(found, removed=remove)


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the environment's stacks call the things that a removal touches."""

    register_table: str
    hold_bucket: str
    hold_queue_url: str


def names_of(environment: str) -> Names:
    """Return them; raise ``click.ClickException`` where the environment, its account or its stacks are not there."""
    there = open_environment(environment)
    # The adapters' clients come from the default session: from now on it is that of the environment's region.
    os.environ["AWS_DEFAULT_REGION"] = os.environ["AWS_REGION"] = there.region
    stores, controls = there.resources("stores"), there.resources("controls")
    try:
        return Names(
            register_table=stores["RegisterTable"],
            hold_bucket=stores["LegalHoldBucket"],
            hold_queue_url=controls["HoldRequestsQueue"],
        )
    except KeyError as missing:
        raise click.ClickException(f"the stacks of {environment} have no {missing.args[0]}") from None


def _eraser(names: Names) -> CardDataEraser:
    from steward.holds.adapters.register_table import DynamoRegister  # noqa: PLC0415 - as above
    from steward.holds.adapters.versions import S3Versions  # noqa: PLC0415
    from steward.holds.adapters.work import SqsWork  # noqa: PLC0415

    return CardDataEraser(
        register=DynamoRegister(names.register_table),
        versions=S3Versions(names.hold_bucket),
        work=SqsWork(names.hold_queue_url),
        clock=SystemClock(),
        hold_bucket=names.hold_bucket,
    )


def _report(found: Iterable[Version], *, removed: bool) -> int:
    versions = tuple(found)
    for one in versions:
        what = f"copy held for {', '.join(one.copy_for)}" if one.copy_for else "original or copy without a hold"
        click.echo(f"s3://{one.stored.bucket}/{one.stored.key} version {one.version_id}: {what}")
    if not versions:
        click.echo("There is no version of these objects, and no hold has a copy.")
        return 1
    done = "removed, and entered in the disposal ledger" if removed else "would go; add --remove to remove them"
    click.echo(f"{len(versions)} versions {done}.")
    return 0
