"""What every destructive run obeys and reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import msgspec


class Mode(StrEnum):
    """What a destructive run may do."""

    ON = "on"
    DRY_RUN = "dry_run"
    """Count what would go, and delete nothing."""
    OFF = "off"


class DisposalSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The state of the kill switch; ``limit`` is the greatest number of versions that one run may delete."""

    mode: Mode
    limit: Annotated[int, msgspec.Meta(ge=0, le=100_000)]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Numbers of object versions, delete markers included: found due, gone, refused by S3, and left for another run."""

    scoped: int = 0
    done: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Return the sum of both, number by number."""
        return Tally(
            scoped=self.scoped + other.scoped,
            done=self.done + other.done,
            failed=self.failed + other.failed,
            skipped=self.skipped + other.skipped,
        )
