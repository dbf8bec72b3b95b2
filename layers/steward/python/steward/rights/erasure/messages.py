"""A message of the queue of erasures: which piece of work it is, for which request. It is never believed.

Who asked, who approved and what may go stands in the book of decisions, in the ledger and in the register.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from msgspec import Struct, ValidationError, convert, field

from steward.holds.requests import BadRequest
from steward.holds.signals.fields import parse
from steward.rights.commands import request_id
from steward.rights.erasure.planning import Planning
from steward.rights.erasure.running import Running


class ErasureMessage(Struct, frozen=True):
    """What is to be done for a request."""

    what: Literal["plan", "erase", "replay"] = field(name="steward")
    request: str
    begun: datetime | None = None
    """The planning or look that goes on, by when it began: once that has ended there is nothing to be done."""
    asked_at: datetime | None = None
    """When a look was asked for: one that began since is that look."""


@dataclass(frozen=True, kw_only=True)
class ErasureMessages:
    """Does what a message asks for."""

    planning: Planning
    running: Running

    def handle(self, body: str, time_left: Callable[[], bool]) -> None:
        """Do it. Raises ``BadRequest`` for a message that nobody can act upon."""
        try:
            message = convert(parse(body), ErasureMessage)
        except ValidationError:
            raise BadRequest("steward", "names no piece of work of an erasure, or no request") from None
        request = request_id(message.request)
        if message.what == "plan":
            self.planning.plan(request, time_left, message.begun)
        elif message.what == "erase":
            self.running.erase(request, time_left)
        else:
            self.running.replay(request, time_left, message.begun, message.asked_at)
