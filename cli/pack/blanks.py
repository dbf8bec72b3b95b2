"""What a person has to fill in: each place has a name, and none is filled in by guessing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

BOX: Final = "☐"
"""Stands before what is to be filled in."""


@dataclass
class Blanks:
    """The places that were left, in the order in which they are met."""

    left: dict[tuple[str, str], None] = field(default_factory=dict)

    def leave(self, where: str, what: str) -> str:
        """Note that somebody has to fill in this there; return what stands in the place."""
        self.left[where, what] = None
        return f"{BOX} To be filled in: {what}"
