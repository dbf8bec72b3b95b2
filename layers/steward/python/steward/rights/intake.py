"""One event of the own bus about a request, from the queue."""

from __future__ import annotations

from dataclasses import dataclass

from steward.clock import Clock
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import moment, parse, section, text
from steward.rights import commands
from steward.rights.handling import Handling
from steward.rights.ports import Notices


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Reads an event and applies it."""

    clock: Clock
    handling: Handling
    notices: Notices

    def take(self, body: str, *, attempt: int, last: bool) -> None:
        """Apply one event. Raises ``BadRequest`` for what cannot be; the information team is told of it.

        ``attempt`` counts how often it came: of what may still be right later, as an event that overtook the one before
        it, they are told the ``last`` time.
        """
        try:
            event = parse(body)
            stated = text(event, "time")
            at = moment(stated, "time") if stated else self.clock.now()
            command = commands.command(text(event, "detail-type"), section(event, "detail"), at)
            self.handling.take(text(event, "id", needed=True), command)
        except BadRequest as refusal:
            if (attempt == 1) if refusal.final else last:
                self.notices.refused(refusal)
            raise
