"""Nights on which the comparison of what is live would find what it found the night before, and is passed over.

It reads every setting of a deployment, which takes longer than all else that happens in an ordinary night: a story of
two years would take several times as long. In a replay it runs in the first night, after somebody changed a setting,
and every seventh night; whoever invokes it themselves is always answered. A world without a story passes over
nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from simulator.aws.account.account import EmbeddedAws

NIGHTLY: Final = "compare_configuration"
EVERY: Final = timedelta(days=7)


class QuietNights:
    """Passes over scheduled comparisons in which nothing can be new."""

    def __init__(self, world: EmbeddedAws) -> None:
        self._world = world
        self._last: tuple[datetime, int] | None = None

    def passes_over(self, function: str, payload: object) -> bool:
        """Whether an asynchronous invocation with that payload is left out."""
        del payload
        if function != NIGHTLY:
            return False
        now, changed = self._world.clock.now(), self._world.memory.settings_changed
        if self._last is not None and self._last[1] == changed and now - self._last[0] < EVERY:
            return True
        self._last = now, changed
        return False
