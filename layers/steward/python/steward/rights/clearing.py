"""What the nightly runs over rights remove: nothing while the switch is off, and no more a night than it allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from steward.retention.disposal import DisposalSwitch, Mode
from steward.retention.switch import SwitchUnread


class Removing(Protocol):
    """Removes what is no longer needed. Raises ``steward.failures.AwsError``."""

    def remove(self, prefix: str, limit: int) -> int:
        """Remove at most so many versions under a prefix of the store of rights, and return how many there were."""


class Cleared(Protocol):
    """The count of one night: versions that went, and prefixes that were left alone."""

    removed: int
    skipped: int


@dataclass(frozen=True, kw_only=True)
class Clearing:
    """Removes under the switch, which is read before each removal: it may be thrown while a run goes on."""

    removing: Removing
    switch: Callable[[], DisposalSwitch]

    def clear(self, prefix: str, night: Cleared) -> bool:
        """Remove everything under a prefix; tell whether nothing is left. A switch that cannot be read means off."""
        try:
            switch = self.switch()
        except SwitchUnread:
            night.skipped += 1
            return False
        room = switch.limit - night.removed
        if switch.mode is not Mode.ON or room <= 0:
            night.skipped += 1
            return False
        found = self.removing.remove(prefix, room)
        night.removed += min(found, room)
        return found <= room
