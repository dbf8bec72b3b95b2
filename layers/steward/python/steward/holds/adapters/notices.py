"""Notices to the complaints team, on SNS. They carry ids and reasons, and nothing about the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.clock import london_date
from steward.holds.register import ContactHolds, Hold, HoldStatus
from steward.holds.requests import BadRequest, Doubt
from steward.ids import CaseRef, ContactId

_OUTCOMES = {
    HoldStatus.HELD: "Now held",
    HoldStatus.PARTIAL: "Hold incomplete",
    HoldStatus.NOTHING_HELD: "Nothing could be held",
}


MOST_NAMED = 1000
"""So many contacts are named in one message: SNS takes 256 KiB (Amazon SNS API reference, "Publish")."""

MOST_IN_A_LINE = 20
"""So many contacts are named where they only say which flag is meant."""


@dataclass(frozen=True)
class SnsNotices:
    """Publishes to the complaints team's topic."""

    topic_arn: str

    def outcome(self, hold: Hold) -> None:
        """Tell that a hold is not complete, and why."""
        lines = [
            f"{missing.record_class}: {missing.why}" + (f" ({missing.source_key})" if missing.source_key else "")
            for missing in hold.missing
        ]
        self._publish(
            f"{_OUTCOMES.get(hold.status, 'Hold')}: case {hold.case}",
            [f"Contact {hold.contact_id} for case {hold.case}: {hold.status}.", *lines],
        )

    def expiring(self, hold: Hold, disappears_at: datetime) -> None:
        """Tell that an original was close to its end when the flag came."""
        self._publish(
            f"Flagged shortly before disposal: case {hold.case}",
            [
                f"Contact {hold.contact_id} for case {hold.case} was flagged close to the end of its retention period.",
                f"Its original leaves the ordinary store on {london_date(disappears_at):%d %B %Y}.",
                f"The outcome of the hold is: {hold.status}.",
            ],
        )

    def copies_touched(self, file: ContactHolds, deleted: Sequence[str], covered: Sequence[str]) -> None:
        """Tell that held copies of a contact were deleted or hidden by somebody, and what became of them."""
        cases = ", ".join(sorted(hold.case for hold in file.active))
        self._publish(
            f"Held copies were touched: case {cases}",
            [
                f"Somebody changed what is held for contact {file.contact_id}, case {cases}.",
                *(f"Deleted from the hold bucket: {key}" for key in deleted),
                *(f"Hidden by a delete marker or another version, and put on top again: {key}" for key in covered),
                "What was deleted is copied again where the original is still there; the outcome of the hold says so.",
            ],
        )

    def ending(self, holds: Sequence[Hold], days: int, disposal_on: date) -> None:
        """Tell, once for all of them, that holds of one case end within that many days, or have ended (0)."""
        case, end = holds[0].case, london_date(holds[0].hold_until)
        named: list[str] = [hold.contact_id for hold in holds[:MOST_NAMED]]
        if len(holds) > MOST_NAMED:
            named.append(f"and {len(holds) - MOST_NAMED} more")
        self._publish(
            f"Hold ends within {days} days: case {case}" if days else f"Hold has ended: case {case}",
            [
                f"The hold of case {case} {'ends' if days else 'ended'} on {end}. Contacts: {len(holds)}.",
                f"The copies are disposed of from {disposal_on} on, unless the case is taken further or flagged again.",
                *named,
            ],
        )

    def doubts(self, case: CaseRef, doubts: Sequence[Doubt], contact_ids: Sequence[ContactId]) -> None:
        """Tell, in one message, what of a flag could not be used as it was given."""
        named = ", ".join(contact_ids[:MOST_IN_A_LINE])
        more = f" and {len(contact_ids) - MOST_IN_A_LINE} more" if len(contact_ids) > MOST_IN_A_LINE else ""
        self._publish(
            f"Please check a flag: case {case}",
            [
                f"Case {case}: part of a flag could not be used as it was given.",
                *(f"{doubt.field}: {doubt.problem}." for doubt in doubts),
                f"What could be read is held. Contacts: {named}{more}.",
                "Flag again with the right values. A later end extends the hold; nothing shortens it.",
            ],
        )

    def refused(self, refusal: BadRequest) -> None:
        """Tell that a request was refused, and why. What could not be read is not quoted: it may be personal."""
        about = refusal.about or "a case that could not be read"
        self._publish(
            f"Request refused: {about}",
            [
                f"A request about {about} was refused: nothing was done.",
                f"{refusal.field}: {refusal.problem}.",
                "It was set aside. Put it right and send it again.",
            ],
        )

    def held_again(self, hold: Hold) -> None:
        """Tell that a contact whose hold was over is held again."""
        self._publish(
            f"Held again: case {hold.case}",
            [
                f"Contact {hold.contact_id} was flagged for case {hold.case}, whose hold was {hold.again_after}.",
                f"What is still there is held again. The outcome is: {hold.status}.",
            ],
        )

    def _publish(self, subject: str, lines: list[str]) -> None:
        sns = client("sns")
        # SNS takes no other subject than ASCII; the message itself has the reference as it is.
        subject = subject.encode("ascii", "replace").decode()
        with translated("sns.Publish"):
            sns.publish(TopicArn=self.topic_arn, Subject=subject[:100], Message="\n".join(lines))
