"""``steward erase-card-data``: asks for the removal of a recording that holds card data, and of every copy of it."""

from __future__ import annotations

import click

from cli.decisions.decide import call
from cli.environments import environment_option
from steward.holds.removing.locations import StoredObject, stored_object

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
        try:
            return stored_object(value)
        except ValueError as problem:
            self.fail(f"{value!r} {problem}", param, ctx)


@click.command("erase-card-data")
@click.argument("contact_id")
@click.argument("objects", nargs=-1, required=True, type=Location())
@click.option("--why", default=CARD_DATA, show_default=True, help="The reason, as it will stand in the book.")
@environment_option
def erase_card_data(*, contact_id: str, objects: tuple[StoredObject, ...], why: str, environment: str) -> int:
    """Ask for the removal of OBJECTS of a contact and of every held copy of them, for good.

    Somebody else decides it: ``steward decide card_data CONTACT_ID approve``. Needs the role of an information officer.
    docs/card-data-in-a-recording.md tells the whole procedure. Exit 0 when it is asked for, 1 when that is refused.
    """
    body = {"subject": "card_data", "id": contact_id, "decision": "request", "why": why}
    return call(environment, {**body, "objects": [str(one) for one in objects]})
