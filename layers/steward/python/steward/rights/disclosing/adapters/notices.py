"""Notices about disclosures, on SNS. They carry references, field names, dates and fixed words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from steward.aws.mail import send_mail
from steward.clock import london_date
from steward.holds.requests import BadRequest
from steward.rights.disclosing.register import Disclosure


@dataclass(frozen=True)
class SnsDisclosureNotices:
    """Publishes to the information team's topic, and to that of whoever decides. Every call raises ``AwsError``."""

    topic_arn: str
    deciding_topic_arn: str = ""

    def unreadable(self, refusal: BadRequest) -> None:
        """Tell that something about a disclosure was refused, and why. What could not be read is not quoted."""
        about = refusal.about or "a disclosure that could not be read"
        self._publish(
            f"Refused: {about}",
            [
                f"Something that was said about {about} was refused: nothing was done.",
                f"{refusal.field}: {refusal.problem}.",
                "It was set aside. Put it right and send it again.",
            ],
        )

    def refused(self, disclosure: Disclosure, problems: Mapping[str, str]) -> None:
        """Tell what a request lacks, by the name of each field."""
        self._publish(
            f"Nothing is given: disclosure {disclosure.id}",
            [
                f"Disclosure {disclosure.id} ({disclosure.kind.replace('_', ' ')}) lacks what it has to show.",
                *(f"{name}: {problem}." for name, problem in problems.items()),
                "Ask whoever wants the records for it, and send the whole request again.",
            ],
        )

    def proposed(self, disclosure: Disclosure) -> None:
        """Tell whoever decides that a disclosure waits for them."""
        files = disclosure.proposal.files if disclosure.proposal else ()
        self._publish(
            f"Waits for a decision: disclosure {disclosure.id}",
            [
                f"Somebody proposes to give {len(files)} files for disclosure {disclosure.id}.",
                *_refused_before(disclosure),
                f"Look at it, and say which proposal you mean: steward disclosure show {disclosure.id}",
            ],
            self.deciding_topic_arn,
        )

    def ready(self, disclosure: Disclosure) -> None:
        """Tell that a copy was prepared, and what could not be put into it."""
        prepared, grant = disclosure.prepared, disclosure.grant
        if prepared is None or grant is None:
            return
        self._publish(
            f"A copy is ready: disclosure {disclosure.id}",
            [
                f"{len(prepared.files)} files can be handed over until {grant.expires_on:%d %B %Y}.",
                *(f"Left out: {one}." for one in prepared.left_out),
                *(
                    [f"Of the same contacts {prepared.came_since} more are kept by now, and are not in it."]
                    if prepared.came_since
                    else []
                ),
            ],
        )

    def emergency(self, disclosure: Disclosure) -> None:
        """Tell that records go out before anybody else looked, and when the papers are due."""
        due = f"{disclosure.papers.due_on:%A %d %B %Y}" if disclosure.papers else "the next working day"
        lines = [
            f"Disclosure {disclosure.id} is an emergency: its recordings are given without a second person.",
            f"The formal request has to follow by {due}: form_key, authoriser and basis.",
        ]
        for topic in dict.fromkeys((self.topic_arn, self.deciding_topic_arn)):
            self._publish(f"An emergency: disclosure {disclosure.id}", lines, topic)

    def papers_overdue(self, disclosure: Disclosure) -> None:
        """Tell that the papers of an emergency did not come."""
        due = f"{disclosure.papers.due_on:%d %B %Y}" if disclosure.papers else ""
        for topic in dict.fromkeys((self.topic_arn, self.deciding_topic_arn)):
            self._publish(
                f"Papers are overdue: disclosure {disclosure.id}",
                [
                    f"Records went out in an emergency; the formal request was due on {due} and has not come.",
                    'Send "Disclosure Requested" for it again, with form_key, authoriser and basis.',
                ],
                topic,
            )

    def review_silence(self, disclosure: Disclosure) -> None:
        """Tell that the mark "do not tell" is to be looked at again."""
        self._publish(
            f"May the person be told? Disclosure {disclosure.id}",
            [
                f"The person is not told of disclosure {disclosure.id}; today that is to be looked at again.",
                "Until somebody decides otherwise it stays as it is.",
            ],
            self.deciding_topic_arn,
        )

    def undecided(self, disclosure: Disclosure) -> None:
        """Tell that nobody has decided for days."""
        self._publish(
            f"Nobody has decided: disclosure {disclosure.id}",
            [f"Disclosure {disclosure.id} was asked for on {disclosure.asked_at:%d %B %Y} and waits."],
        )

    def _publish(self, subject: str, lines: list[str], topic: str = "") -> None:
        send_mail(topic or self.topic_arn, subject, "\n".join(lines))


def _refused_before(disclosure: Disclosure) -> list[str]:
    days = [f"{london_date(one.at):%d %B %Y}" for one in disclosure.refusals if one.by]
    return [f"Somebody refused it before, on {', on '.join(days)}."] if days else []
