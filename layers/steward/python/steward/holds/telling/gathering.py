"""Gathering what there is to say of a case, so that a flag of thousands of contacts is one mail and not thousands.

What comes up is kept as a row, and a delayed message of the hold queue looks at the rows of its case: when nothing has
come up for a while, and the queue has nothing else to do, one mail says it all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from steward.clock import Clock
from steward.holds.inspecting.inspection import FIRST_LOOK
from steward.holds.register import ContactHolds, Hold
from steward.holds.requests import Doubt
from steward.holds.telling import sayings
from steward.holds.telling.sayings import Mail, Saying
from steward.ids import CaseRef, ContactId
from steward.told import Told

QUIET: Final = timedelta(minutes=2)
"""A mail goes out when nothing has come up for its case for so long."""

BUSY: Final = 10
"""With so many messages in the queue, or on their way to it, more may come up: the mail waits for them."""

LONGEST_WAIT: Final = timedelta(hours=12)
"""Whatever else may come up, what came up first is told by then."""

AGAIN: Final = timedelta(minutes=10)
"""How long after a look that was too early the next one comes."""

FORGOTTEN: Final = timedelta(hours=1)
"""A look that was arranged so long ago and did not come is arranged anew."""


class Outbox(Protocol):
    """What there is to say and was not told yet."""

    def add(self, saying: Saying) -> None:
        """Keep it. The same again, at the same moment, is one."""

    def of(self, case: CaseRef) -> tuple[Saying, ...]:
        """Return all of a case, the earliest first (consistent read)."""

    def remove(self, told: Sequence[Saying]) -> None:
        """Forget what was told."""

    def arranged_at(self, case: CaseRef) -> datetime | None:
        """Return when a look at the case's rows was last arranged, if it still has to come."""

    def note_arranged(self, case: CaseRef, at: datetime) -> None:
        """Note that a look was arranged."""

    def note_begun(self, case: CaseRef) -> None:
        """Note that it has come: whatever comes up from now on arranges another."""


class Later(Protocol):
    """The hold queue, as far as mails need it."""

    def tell(self, case: CaseRef, after: timedelta) -> None:
        """Let the case's rows be looked at after that time."""

    def waiting(self) -> int:
        """Return about how many messages are to be dealt with, now or soon."""


class Team(Protocol):
    """The complaints team."""

    def mail(self, mail: Mail) -> None:
        """Send it."""


@dataclass(frozen=True, kw_only=True)
class Gathering:
    """Tells the complaints team of flagged contacts, of one case in one mail."""

    clock: Clock
    outbox: Outbox
    later: Later
    team: Team
    told: Told

    def outcome(self, hold: Hold) -> None:
        """Tell that a hold is not complete, and why."""
        self._say(sayings.outcome(hold, self.clock.now()))

    def expiring(self, hold: Hold, disappears_at: datetime) -> None:
        """Tell that an original was close to its end when the flag came."""
        self._say(sayings.expiring(hold, disappears_at, self.clock.now()))

    def held_again(self, hold: Hold) -> None:
        """Tell that a contact whose hold was over is held again."""
        self._say(sayings.held_again(hold, self.clock.now()))

    def copies_touched(self, file: ContactHolds, deleted: Sequence[str], covered: Sequence[str]) -> None:
        """Tell that somebody deleted held copies of the contact, or put something on top of them; by hold key."""
        self._say(sayings.copies_touched(file, deleted, covered, self.clock.now()))

    def doubts(self, case: CaseRef, doubts: Sequence[Doubt], contact_ids: Sequence[ContactId], said: str) -> None:
        """Tell what of a flag could not be used as it was given, once for all that ``said`` stands for."""
        # The first look at its contacts tells whether there is more to say of this flag.
        saying = sayings.doubtful(case, doubts, contact_ids, self.clock.now() + FIRST_LOOK)
        what = [f"{doubt.field}: {doubt.problem}" for doubt in doubts]
        self.told.once(lambda: self._say(saying, FIRST_LOOK), "doubts", case, *contact_ids, *what, said)

    def tell(self, case: CaseRef) -> None:
        """Send what came up for a case, unless more may still come up.

        Rows that are added meanwhile arrange a look of their own. Whoever dies between the mail and the removal of what
        it said sends it again.
        """
        waiting = self.outbox.of(case)
        if waiting and self._is_too_early(waiting):
            self.later.tell(case, AGAIN)
            self.outbox.note_arranged(case, self.clock.now())
            return
        self.outbox.note_begun(case)
        waiting = self.outbox.of(case)
        if waiting:
            self.team.mail(sayings.mail(waiting[0].case, waiting))
            self.outbox.remove(waiting)

    def _is_too_early(self, waiting: Sequence[Saying]) -> bool:
        now = self.clock.now()
        if now >= min(one.at for one in waiting) + LONGEST_WAIT:
            return False
        return now < max(one.at for one in waiting) + QUIET or self.later.waiting() > BUSY

    def _say(self, saying: Saying, after: timedelta = timedelta(0)) -> None:
        """Keep it first: a look that was arranged for nothing does no harm, and a row without one would wait."""
        self.outbox.add(saying)
        arranged, now = self.outbox.arranged_at(saying.case), self.clock.now()
        if arranged is None or arranged + FORGOTTEN < now:
            self.later.tell(saying.case, min(after + QUIET, AGAIN))
            self.outbox.note_arranged(saying.case, now)
