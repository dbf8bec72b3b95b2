"""Notices to the complaints team, on SNS. They carry ids and reasons, and nothing about the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from steward.aws.mail import send_mail
from steward.clock import london_date
from steward.holds.register import Hold
from steward.holds.requests import BadRequest
from steward.holds.telling.sayings import MOST_NAMED, Mail


@dataclass(frozen=True)
class SnsNotices:
    """Publishes to the complaints team's topic. Every call raises ``AwsError``."""

    topic_arn: str

    def mail(self, mail: Mail) -> None:
        """Send a mail about a case."""
        self._publish(mail.subject, list(mail.lines))

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

    def _publish(self, subject: str, lines: list[str]) -> None:
        send_mail(self.topic_arn, subject, "\n".join(lines))
