"""The book of decisions: what stands of everything that was said about one subject and id. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from steward.decisions.people import Person, are_two_people
from steward.decisions.subjects import Decision, Rule, Subject


class Outcome(StrEnum):
    """What became of a call."""

    ASKED = "asked"
    DECIDED = "decided"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One call, as it stands in the book for good.

    ``number`` counts the calls about one subject and id from 1. ``call_id`` is AWS's id of the request or event.
    ``items`` are the contacts of a release, or the objects of a removal; empty means all that the id has. A row that
    ``repeats`` says once more what an earlier one said, and changes nothing.
    """

    subject: str
    id: str
    number: int
    call_id: str
    at: datetime
    by: Person
    decision: str
    outcome: Outcome
    reason: str = ""
    why: str = ""
    items: tuple[str, ...] = ()
    repeats: bool = False

    @property
    def asks(self) -> bool:
        """Whether it opened a request."""
        return self.outcome is Outcome.ASKED and not self.repeats

    @property
    def decides(self) -> bool:
        """Whether it decided one."""
        return self.outcome is Outcome.DECIDED and not self.repeats

    @property
    def approves(self) -> bool:
        """Whether it approved one."""
        return self.decides and self.decision == Decision.APPROVE


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What two people agreed on: one asked, perhaps ``again`` before it was decided, and another approved."""

    request: Row
    approval: Row
    again: Row | None = None

    @property
    def asked_at(self) -> datetime:
        """When it was last asked for: what happened before that was known to whoever asked."""
        return self.again.at if self.again is not None else self.request.at

    def names(self, item: str) -> bool:
        """Tell whether it is about that item: one that the request names, or any if it names none."""
        return not self.request.items or item in self.request.items


class Taken(Exception):
    """Another call has that number by now; read again and judge again."""


class Book(Protocol):
    """Where the rows stand. They are added, and never changed or removed."""

    def of(self, subject: Subject, identifier: str) -> tuple[Row, ...]:
        """Return every row about it, in order (consistent read)."""

    def add(self, row: Row) -> None:
        """Add a row; raise ``Taken`` if there is one of its number."""

    def add_unreadable(self, row: Row) -> None:
        """Keep a call that names no subject and id that there could be; one that is kept already is no error."""


@dataclass(frozen=True)
class Standing:
    """What the rows about one subject and id come to."""

    rows: tuple[Row, ...]

    @property
    def next_number(self) -> int:
        """The number of the next call."""
        return self.rows[-1].number + 1 if self.rows else 1

    @property
    def open(self) -> Row | None:
        """The request that nobody has decided yet."""
        waiting: Row | None = None
        for row in self.rows:
            if row.asks:
                waiting = row
            elif row.decides:
                waiting = None
        return waiting

    @property
    def again(self) -> Row | None:
        """The last call with which whoever made the open request made it once more."""
        request = self.open
        said = (row for row in reversed(self.rows) if row.outcome is Outcome.ASKED and row.repeats)
        return next((row for row in said if request and row.number > request.number and row.by == request.by), None)

    @property
    def decided(self) -> Row | None:
        """The last decision, of whatever kind."""
        return next((row for row in reversed(self.rows) if row.decides), None)

    def answered(self, call_id: str) -> Row | None:
        """Return the row of that very call, if it was made before."""
        return next((row for row in self.rows if row.call_id == call_id), None)

    def asked_by(self) -> tuple[Person, ...]:
        """Return everybody who asked since the last approval: none of them decides."""
        people: list[Person] = []
        for row in self.rows:
            if row.asks:
                people.append(row.by)
            elif row.approves:
                people = []
        return tuple(people)


def agreements(rule: Rule, rows: Sequence[Row]) -> tuple[Agreement, ...]:
    """Return everything that two people agreed on about one subject and id, the first first.

    The rules are applied again to what stands in the book, so that a row which should never have been written there
    releases and removes nothing.
    """
    found: list[Agreement] = []
    for position, approval in enumerate(rows):
        before = Standing(tuple(rows[:position]))
        request = before.open
        if (
            approval.approves
            and request is not None
            and rule.allows(request.by.role, Decision.REQUEST)
            and rule.allows(approval.by.role, Decision.APPROVE)
            and all(are_two_people(one.name, approval.by.name) for one in before.asked_by())
        ):
            found.append(Agreement(request=request, approval=approval, again=before.again))
    return tuple(found)
