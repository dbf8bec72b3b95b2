"""One event of the own bus about a disclosure, from the queue."""

from __future__ import annotations

from dataclasses import dataclass

from steward.clock import Clock
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import moment, parse, section, text
from steward.rights.disclosing import commands
from steward.rights.disclosing.handling import Handling
from steward.rights.disclosing.ports import Lacking, Notices


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Reads an event and applies it."""

    clock: Clock
    handling: Handling
    notices: Notices

    def take(self, body: str, *, last: bool) -> None:
        """Apply one event. Raises ``BadRequest`` for what cannot be; the information team is told of it, once.

        An event that overtook the one before it comes again, and is told of the ``last`` time.
        """
        try:
            event = parse(body)
            stated = text(event, "time")
            at = moment(stated, "time") if stated else self.clock.now()
            command = commands.command(text(event, "detail-type"), section(event, "detail"), at)
            self.handling.take(text(event, "id", needed=True), command)
        except Lacking:
            raise
        except BadRequest as refusal:
            # Final is also what became so since an earlier attempt: it is set aside right away, and comes no more.
            if refusal.final or last:
                self.notices.unreadable(refusal)
            raise
