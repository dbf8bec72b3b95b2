"""What was approved and not carried out is ordered again; what goes wrong with one stops no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from steward.decisions.repeating import LOOKS_BACK, Repeated, Repeating
from steward.decisions.subjects import Subject
from steward.failures import Unavailable

NIGHT = datetime(2027, 5, 4, 2, tzinfo=UTC)


@dataclass
class Night:
    """Book, register and orders of one run."""

    approved: dict[Subject, list[str]]
    open: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    ordered: list[tuple[Subject, str]] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        return NIGHT

    def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def approved_since(self, subject: Subject, since: datetime) -> Iterable[str]:
        self.asked.append(since)
        if subject in self.unread:
            raise Unavailable("dynamodb.Query", "500")
        return self.approved.get(subject, [])

    def unfinished(self, identifier: str) -> bool:
        if identifier in self.unread:
            raise Unavailable("dynamodb.GetItem", "500")
        return identifier in self.open

    def carry_out(self, subject: Subject, identifier: str) -> None:
        if identifier in self.refused:
            raise Unavailable("sqs.SendMessage", "500")
        self.ordered.append((subject, identifier))

    def run(self) -> Repeated:
        checks = dict.fromkeys((Subject.RELEASE, Subject.CARD_DATA), self.unfinished)
        return Repeating(clock=self, approvals=self, unfinished=checks, orders=self).run()


def test_only_what_is_not_carried_out_is_ordered_again() -> None:
    night = Night({Subject.RELEASE: ["C-1", "C-2"], Subject.CARD_DATA: ["k1"]}, open={"C-2", "k1"})

    assert night.run() == Repeated(seen=3, ordered=2)

    assert night.ordered == [(Subject.RELEASE, "C-2"), (Subject.CARD_DATA, "k1")]
    assert night.asked == [NIGHT - LOOKS_BACK] * 2
    assert timedelta(days=60) == LOOKS_BACK


def test_what_cannot_be_read_or_ordered_stops_no_other_and_is_named() -> None:
    night = Night(
        {Subject.RELEASE: ["C-1", "C-2", "C-3"]},
        open={"C-1", "C-2", "C-3"},
        unread={"C-1", Subject.CARD_DATA},
        refused={"C-2"},
    )

    done = night.run()

    assert night.ordered == [(Subject.RELEASE, "C-3")]
    assert done == Repeated(
        seen=3,
        ordered=1,
        failed={
            "release C-1": "dynamodb.GetItem answered 500",
            "release C-2": "sqs.SendMessage answered 500",
            "card_data": "dynamodb.Query answered 500",
        },
    )
