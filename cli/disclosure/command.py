"""``steward disclosure``: the group of its commands."""

from __future__ import annotations

import click

from cli.commands import Commands
from cli.disclosure.deciding import DECIDING
from cli.disclosure.seeing import SEEING
from cli.disclosure.telling import TELLING


@click.group("disclosure", cls=Commands)
def disclosure() -> None:
    """Give records to others than the person: what they show, what goes out, who decides, the hand-over.

    In the order of a disclosure: ask; list and show, at any time; propose; decide (somebody else); hand-over,
    handed-over.
    """


for one in (*TELLING, *SEEING, *DECIDING):
    disclosure.add_command(one)
