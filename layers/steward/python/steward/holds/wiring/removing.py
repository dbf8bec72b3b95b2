"""The parts of ``remove_card_data``."""

from __future__ import annotations

from functools import partial

from steward.clock import SystemClock
from steward.decisions.adapters.book_table import DynamoBook
from steward.decisions.book import Agreement, agreements
from steward.decisions.subjects import Subject, rules
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.removals import DynamoNotes, SnsRemovalNotices
from steward.holds.adapters.versions import S3Versions
from steward.holds.adapters.work import SqsWork
from steward.holds.removing.erasing import CardDataEraser
from steward.holds.removing.orders import CardDataOrders
from steward.ids import ContactId
from steward.retention.adapters import read_switch
from steward.settings import Environment, read


class RemoveCardData(Environment, frozen=True, kw_only=True):
    """What ``remove_card_data`` needs to be told."""

    data_protection_topic_arn: str
    decisions_table: str
    disposal_switch: str
    hold_bucket: str
    hold_queue_url: str
    register_table: str


def card_data_orders() -> tuple[CardDataOrders, SnsRemovalNotices]:
    """Return what ``remove_card_data`` works with, and whom it tells of an order that nobody agreed on."""
    told = read(RemoveCardData)
    rule = rules()[Subject.CARD_DATA]
    book = DynamoBook(told.decisions_table)
    notices = SnsRemovalNotices(told.data_protection_topic_arn)
    clock = SystemClock()

    def agreed(contact_id: ContactId) -> tuple[Agreement, ...]:
        return agreements(rule, book.of(Subject.CARD_DATA, contact_id))

    orders = CardDataOrders(
        agreed=agreed,
        eraser=CardDataEraser(
            register=DynamoRegister(told.register_table),
            versions=S3Versions(told.hold_bucket),
            work=SqsWork(told.hold_queue_url),
            clock=clock,
            switch=partial(read_switch, told.disposal_switch),
            hold_bucket=told.hold_bucket,
        ),
        notes=DynamoNotes(told.register_table),
        notices=notices,
        clock=clock,
    )
    return orders, notices
