"""Groups of commands, whose list says of each what it does in one whole sentence."""

from __future__ import annotations

from typing import Final

import click

_WHOLE: Final = 1000
"""Letters: no first sentence is longer, so none is cut short."""


class Commands(click.Group):
    """A group that lists each command with the first sentence of its help, which click would cut at a line's end."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as click's
        """Write the list into the group's help."""
        rows = [(name, command.get_short_help_str(_WHOLE)) for name, command in sorted(self.commands.items())]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
