"""Orders to carry out what was approved, and notices of what was asked and decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.mail import send_mail
from steward.decisions.book import Outcome, Row
from steward.decisions.deciding import Notices
from steward.decisions.orders import Order, encode
from steward.decisions.subjects import Decision, Subject
from steward.told import Told


@dataclass(frozen=True)
class SqsOrders:
    """Sends orders to the queue of the function that carries them out, by subject. Raises ``AwsError``."""

    queue_urls: Mapping[Subject, str]

    def carry_out(self, subject: Subject, identifier: str) -> None:
        """Give the order; whoever takes it asks the book before anything happens."""
        sqs: Any = client("sqs")
        with translated("sqs.SendMessage"):
            sqs.send_message(
                QueueUrl=self.queue_urls[subject], MessageBody=encode(Order(subject=subject, id=identifier))
            )


MOST_NAMED: Final = 50
"""So many objects are named in one message."""

_SAID: Final = {
    (Outcome.ASKED, Decision.REQUEST): ("asked for", "Somebody else decides it: steward decide {subject} {id} approve"),
    (Outcome.DECIDED, Decision.APPROVE): ("approved", "It is carried out now."),
    (Outcome.DECIDED, Decision.REJECT): ("rejected", "Nothing changes."),
}


@dataclass(frozen=True, kw_only=True)
class ToldOnce:
    """Tells of each call once, also where an earlier attempt kept the call and died before it told."""

    notices: Notices
    remembered: Told

    def told(self, row: Row) -> None:
        """Tell of a call that was not told before."""
        self.remembered.once(lambda: self.notices.told(row), "decision", row.call_id)


@dataclass(frozen=True)
class SnsDecisionNotices:
    """Tells a topic. A notice carries ids, roles and fixed words: neither a person's name nor a reason as typed.

    ``topics`` are those of the subjects that are told elsewhere.
    """

    topic_arn: str
    topics: Mapping[Subject, str] = field(default_factory=dict)

    def told(self, row: Row) -> None:
        """Tell of a call."""
        subject = row.subject.replace("_", " ") or "decision"
        topic = self.topics.get(Subject(row.subject), self.topic_arn) if row.subject else self.topic_arn
        if row.outcome is Outcome.REFUSED:
            said, then = "refused", f"Why it was refused: {row.reason}."
        else:
            said, then = _SAID[row.outcome, Decision(row.decision)]
        self._publish(
            f"{subject.capitalize()} {said}: {row.id}".removesuffix(": "),
            [
                f"{subject.capitalize()} {row.id}: {row.decision or 'a call'} by somebody in the role {row.by.role}.",
                *_named(row),
                then.format(subject=row.subject, id=row.id),
            ],
            topic,
        )

    def unfounded(self) -> None:
        """Tell that somebody ordered a release on which no two people agreed: it was not carried out."""
        self._publish(
            "An order to release was refused",
            [
                "Somebody ordered the release of a hold on which no two people agreed. Nothing was released.",
                "The order lies with the dead letters of releases; docs/runbook.md says what to look at.",
            ],
        )

    def flagged_since(self, identifier: str) -> None:
        """Tell that contacts of a case whose release was approved stay held, because they were flagged since."""
        self._publish(
            f"Not released: {identifier}",
            [
                f"Case {identifier} was flagged again, or taken further, after its release was asked for.",
                "The contacts that this concerns stay held. If they are to be released all the same, ask once more.",
            ],
        )

    def extended(self, identifier: str) -> None:
        """Tell that copies of a released case stay, because somebody extended their locks by hand."""
        self._publish(
            f"Not released yet: {identifier}",
            [
                f"Somebody extended the lock of a held copy of case {identifier} by hand, beyond the end of the hold.",
                "Nothing was shortened. The copies go when that lock ends, without anybody having to ask again.",
            ],
        )

    def held_by_hand(self, identifier: str) -> None:
        """Tell that copies of a released case stay, because somebody put a legal hold on them by hand."""
        self._publish(
            f"Not released yet: {identifier}",
            [
                f"A held copy of case {identifier} is under a legal hold that steward did not set.",
                "Nothing was lifted. When whoever set it lifts it in S3, the copies go the next night.",
            ],
        )

    def _publish(self, subject: str, lines: list[str], topic: str = "") -> None:
        send_mail(topic or self.topic_arn, subject, "\n".join(lines))


def _named(row: Row) -> list[str]:
    """Return what a request names: objects one by one, because whoever approves has to know which, else how many."""
    if row.subject != Subject.CARD_DATA:
        return [f"It names {len(row.items)} by id."] if row.items else []
    more = [f"- and {len(row.items) - MOST_NAMED} more"] if len(row.items) > MOST_NAMED else []
    return [*(f"- {one}" for one in row.items[:MOST_NAMED]), *more]
