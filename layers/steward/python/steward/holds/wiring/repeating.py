"""The parts of ``repeat_orders``."""

from __future__ import annotations

from collections.abc import Callable

from steward.clock import SystemClock
from steward.decisions.adapters.book_table import DynamoBook
from steward.decisions.adapters.orders import SqsOrders
from steward.decisions.book import Agreement, agreements
from steward.decisions.repeating import Repeating
from steward.decisions.subjects import Subject, rules
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.removals import DynamoNotes
from steward.holds.deciding.unfinished import UnfinishedReleases, UnfinishedRemovals
from steward.policy.compiled import load
from steward.policy.holds import ReleaseBy
from steward.settings import Environment, read


class RepeatOrders(Environment, frozen=True, kw_only=True):
    """What ``repeat_orders`` needs to be told."""

    card_data_queue_url: str
    decisions_table: str
    policy_file: str
    register_table: str
    release_queue_url: str


def repeating() -> Repeating:
    """Return what ``repeat_orders`` works with."""
    told = read(RepeatOrders)
    known = rules(case_system_releases=load(told.policy_file).holds.release_by is ReleaseBy.CASE_SYSTEM)
    book = DynamoBook(told.decisions_table)

    def agreed(subject: Subject) -> Callable[[str], tuple[Agreement, ...]]:
        return lambda identifier: agreements(known[subject], book.of(subject, identifier))

    return Repeating(
        clock=SystemClock(),
        approvals=book,
        unfinished={
            Subject.RELEASE: UnfinishedReleases(DynamoRegister(told.register_table), agreed(Subject.RELEASE)),
            Subject.CARD_DATA: UnfinishedRemovals(agreed(Subject.CARD_DATA), DynamoNotes(told.register_table)),
        },
        orders=SqsOrders({Subject.RELEASE: told.release_queue_url, Subject.CARD_DATA: told.card_data_queue_url}),
    )
