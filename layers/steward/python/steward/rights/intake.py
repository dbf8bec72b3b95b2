"""One event of the own bus about a request, from the queue."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial

from steward.clock import Clock
from steward.holds.requests import BadRequest
from steward.holds.signals.fields import moment, parse, section, text
from steward.rights import commands
from steward.rights.handling import Handling
from steward.rights.ports import Notices
from steward.told import Told


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Reads an event and applies it."""

    clock: Clock
    handling: Handling
    notices: Notices
    told: Told

    def take(self, body: str, *, last: bool) -> None:
        """Apply one event. Raises ``BadRequest`` for what cannot be; the information team is told of it, once.

        Of what may still be right later, as an event that overtook the one before it, they are told the ``last`` time;
        of what is final whenever it becomes so, whichever attempt that is.
        """
        name = hashlib.sha256(body.encode()).hexdigest()
        try:
            event = parse(body)
            name = text(event, "id") or name
            stated = text(event, "time")
            at = moment(stated, "time") if stated else self.clock.now()
            command = commands.command(text(event, "detail-type"), section(event, "detail"), at)
            self.handling.take(text(event, "id", needed=True), command)
        except BadRequest as refusal:
            if refusal.final or last:
                self.told.once(partial(self.notices.refused, refusal), "refused", name, refusal.field, refusal.problem)
            raise
