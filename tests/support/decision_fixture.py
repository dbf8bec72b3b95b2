"""The decision service with its book, its register, its orders and its notices in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from steward.decisions.book import Row, Taken
from steward.decisions.calls import Call
from steward.decisions.deciding import Answer, Deciding, Refused
from steward.decisions.people import Person
from steward.decisions.subjects import Subject, rules

NOON = datetime(2027, 5, 4, 12, 0, tzinfo=UTC)
OFFICER = Person("release-officer", "a.officer")
OTHER_OFFICER = Person("release-officer", "c.clerk")
APPROVER = Person("release-approver", "b.manager")


@dataclass
class DecisionFixture:
    """Book, ground, orders and notices of one test."""

    moment: datetime = NOON
    rows: list[Row] = field(default_factory=list)
    unreadable: list[Row] = field(default_factory=list)
    ordered: list[tuple[Subject, str]] = field(default_factory=list)
    notices: list[Row] = field(default_factory=list)
    meanwhile: list[Row] = field(default_factory=list)
    """Rows that others add just before the next one is added here."""
    case_system_releases: bool = False
    _calls: int = 0

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)

    def of(self, subject: Subject, identifier: str) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if (row.subject, row.id) == (subject, identifier))

    def add(self, row: Row) -> None:
        if self.meanwhile:
            self.rows.append(self.meanwhile.pop(0))
        if any((one.subject, one.id, one.number) == (row.subject, row.id, row.number) for one in self.rows):
            raise Taken
        self.rows.append(row)

    def add_unreadable(self, row: Row) -> None:
        if not any(one.call_id == row.call_id for one in self.unreadable):
            self.unreadable.append(row)

    def identifier(self, stated: str) -> str:
        if stated == "07700 900123":
            raise Refused("id: reads as a telephone number")
        return stated.upper()

    def items(self, identifier: str, stated: tuple[str, ...] | None) -> tuple[str, ...]:
        if identifier == "C-9":
            raise Refused("id: the case holds no contact")
        return stated or ()

    def carry_out(self, subject: Subject, identifier: str) -> None:
        self.ordered.append((subject, identifier))

    def told(self, row: Row) -> None:
        if row.call_id not in [one.call_id for one in self.notices]:
            self.notices.append(row)

    def deciding(self) -> Deciding:
        return Deciding(
            clock=self,
            book=self,
            rules=rules(case_system_releases=self.case_system_releases),
            grounds={Subject.RELEASE: self, Subject.CARD_DATA: self},
            orders=self,
            notices=self,
        )

    def call(
        self,
        by: Person,
        decision: str,
        *,
        why: str = "",
        items: tuple[str, ...] | None = None,
        items_field: str = "",
        unknown: tuple[str, ...] = (),
        subject: str = "release",
        identifier: str = "c-1",
        call_id: str = "",
    ) -> Answer:
        """Make a call; each has an id of its own unless one is given."""
        self._calls += 1
        return self.deciding().take(
            Call(
                call_id=call_id or f"call-{self._calls}",
                by=by,
                subject=subject,
                id=identifier,
                decision=decision,
                why=why,
                items=items,
                items_field=items_field or ("contact_ids" if items else ""),
                unknown_fields=unknown,
            )
        )

    def ask(self, by: Person = OFFICER, *, items: tuple[str, ...] | None = None, call_id: str = "") -> Answer:
        """Ask for the release of C-1."""
        return self.call(by, "request", why="Withdrawn", items=items, call_id=call_id)
