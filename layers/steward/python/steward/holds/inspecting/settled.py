"""What looks have to ask of a call that is over and wholly held, and how far they are apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

WHOLE_AFTER = timedelta(days=2, hours=12)
"""So long after a flag one more look lists all that may be there, whatever else is settled: by then the day after the
call is over, on which Connect may still file what it made of it."""

MONTH = timedelta(days=30)
"""Each question is asked again within this time."""

AT_ONCE = 2
"""So many questions a look asks."""

_EARLY = timedelta(hours=4)
"""A night may begin earlier than the one before: a look that is due so much later is made in this one."""

Place = tuple[str, str]
"""A bucket and a prefix of keys."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The questions that are left: of the contact and its chain for as long as it is held, of the places ``until``.

    By then all that Connect stored of the call has reached its end.
    """

    places: tuple[Place, ...]
    until: datetime
    whole_at: datetime | None = None
    """When one more look has to be whole."""
    turn: int = 0
    others_at: datetime | None = None
    """When something other than a look is due for the contact, as the register knew when it stored this."""

    def next_look(self, last: datetime) -> datetime:
        """Return when the look after that one is due; one comes on the last day on which an original may be there."""
        if self.whole_at is not None and last < self.whole_at:
            return self.whole_at
        if not self.places or last >= self.until:
            return last + _apart(AT_ONCE)
        usual, last_chance = last + _apart(len(self.places) + AT_ONCE), self.until - timedelta(days=1)
        return min(usual, last_chance) if last < last_chance else usual

    def next_action(self, last: datetime) -> datetime:
        """Return when something is due for the contact that was looked at then."""
        return min(self.next_look(last), self.others_at or self.next_look(last))

    def is_all_that_is_due(self, last: datetime, now: datetime) -> bool:
        """Return whether a look is due, and nothing else."""
        return self.next_look(last) <= now and (self.others_at is None or now < self.others_at)


def _apart(questions: int) -> timedelta:
    """Return how long two looks are apart, so that each of so many questions is asked again within a month.

    Looks are made at night: whole days, of which none is rounded up.
    """
    return timedelta(days=MONTH.days // -(-questions // AT_ONCE)) - _EARLY
