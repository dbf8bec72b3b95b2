"""The parts of ``confirm_disposal``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from steward.decisions.adapters.book_table import DynamoBook
from steward.decisions.book import Agreement, agreements
from steward.decisions.subjects import Subject, rules
from steward.holds.adapters.evidence import S3HeldCopies
from steward.holds.adapters.register_table import DynamoRegister
from steward.holds.adapters.removals import SnsRemovalNotices
from steward.holds.adapters.work import SqsWork
from steward.holds.register import ContactHolds
from steward.holds.removing.confirming import Confirming
from steward.holds.removing.explaining import Explaining
from steward.holds.wiring.releasing import rejections
from steward.ids import CaseRef, ContactId
from steward.policy.compiled import load
from steward.policy.holds import ReleaseBy
from steward.settings import Environment, read


class ConfirmDisposal(Environment, frozen=True, kw_only=True):
    """What ``confirm_disposal`` needs to be told."""

    data_protection_topic_arn: str
    decisions_table: str
    hold_queue_url: str
    policy_file: str
    register_table: str
    rights_table: str = ""


@dataclass(frozen=True)
class _ReadOnce:
    """What one batch of confirmations reads, once of each contact: whatever S3 tells of in it has happened before."""

    file: Callable[[ContactId], ContactHolds]
    held: Callable[[str, ContactId], tuple[tuple[str, str], ...]]


def confirming() -> Callable[[], Confirming]:
    """Return what makes that with which ``confirm_disposal`` works through a batch."""
    told = read(ConfirmDisposal)
    holds = load(told.policy_file).holds
    stated = rules(case_system_releases=holds.release_by is ReleaseBy.CASE_SYSTEM)
    register, book = DynamoRegister(told.register_table), DynamoBook(told.decisions_table)

    def released(case: CaseRef) -> tuple[Agreement, ...]:
        return agreements(stated[Subject.RELEASE], book.of(Subject.RELEASE, case))

    def card_data(contact_id: ContactId) -> tuple[Agreement, ...]:
        return agreements(stated[Subject.CARD_DATA], book.of(Subject.CARD_DATA, contact_id))

    def of_batch() -> Confirming:
        once = _ReadOnce(
            file=cache(register.file),
            held=cache(lambda bucket, contact_id: S3HeldCopies(bucket).versions(contact_id)),
        )
        explaining = Explaining(
            files=once,
            released=released,
            card_data=card_data,
            rejected=lambda case: [one.contact_id for one in rejections(told.rights_table, case)],
        )
        return Confirming(
            ledger=register,
            buckets=once,
            notices=SnsRemovalNotices(told.data_protection_topic_arn),
            looks=SqsWork(told.hold_queue_url),
            files=once,
            explains=explaining.explains,
        )

    return of_batch
