"""``steward request``: the group of its commands."""

from __future__ import annotations

import click

from cli.commands import Commands
from cli.request.judging import JUDGING
from cli.request.seeing import SEEING
from cli.request.telling import TELLING


@click.group("request", cls=Commands)
def request() -> None:
    """Answer people's requests about their data, from opening one to closing it.

    In the order of a request: open; identity and question where something has to be asked; list and show, at any time;
    contact, then confirm or reject each; review or cut each file; package, approve (somebody else), hand-over,
    handed-over; letter; close. For rectification correct; for restriction and objection lift-restriction, after close.
    """


for one in (*TELLING, *SEEING, *JUDGING):
    request.add_command(one)
