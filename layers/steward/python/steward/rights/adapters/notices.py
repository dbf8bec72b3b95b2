"""Notices to the information team, on SNS. They carry references, dates and reasons, and nothing about the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from steward.aws.mail import send_mail
from steward.holds.requests import BadRequest, Doubt
from steward.rights.clock.deadlines import Deadlines
from steward.rights.requests import Correction, RequestId, SubjectRequest


@dataclass(frozen=True)
class SnsRightsNotices:
    """Publishes to the information team's topic. Every call raises ``AwsError``."""

    topic_arn: str

    def refused(self, refusal: BadRequest) -> None:
        """Tell that something was refused, and why. What could not be read is not quoted: it may be personal."""
        about = refusal.about or "a request that could not be read"
        self._publish(
            f"Refused: {about}",
            [
                f"Something that was said about {about} was refused: nothing was done.",
                f"{refusal.field}: {refusal.problem}.",
                "It was set aside. Put it right and send it again.",
            ],
        )

    def doubts(self, request: RequestId, doubts: tuple[Doubt, ...]) -> None:
        """Tell what of a request could not be used as it was given."""
        self._publish(
            f"Please check: request {request}",
            [
                f"Request {request}: part of it could not be used as it was given.",
                *(f"{doubt.field}: {doubt.problem}." for doubt in doubts),
            ],
        )

    def deadline(self, request: SubjectRequest, found: Deadlines, kind: str) -> None:
        """Tell that a deadline is ``near``, or was ``missed``."""
        said = "is near" if kind == "near" else "was missed"
        self._publish(
            f"The deadline {said}: request {request.id}",
            [
                f"Request {request.id} ({request.right}) was received on {request.received_on:%d %B %Y}.",
                f"It stands at: {request.status}.",
                f"By law it is answered by {found.law_on:%d %B %Y}; promised is {found.promised_on:%d %B %Y}.",
                f"The last working day for both is {found.act_by:%A %d %B %Y}.",
            ],
        )

    def chase(self, request: SubjectRequest) -> None:
        """Tell that the person has not sent what they were asked for."""
        self._publish(
            f"Nothing heard: request {request.id}",
            [
                f"Request {request.id} waits for something that the person was asked for.",
                "Ask again. It is never closed by itself.",
            ],
        )

    def not_corrected(self, request: SubjectRequest, correction: Correction) -> None:
        """Tell what could not be put right, and why."""
        self._publish(
            f"Not corrected: request {request.id}",
            [
                f"What request {request.id} says of contact {correction.contact_id} could not be put right.",
                f"{correction.problem}.",
                "Put it right by hand, or hand it in again and report it again.",
            ],
        )

    def still_restricted(self, request: SubjectRequest) -> None:
        """Tell that what a closed request restricts has stood for long."""
        self._publish(
            f"Restriction to review: request {request.id}",
            [
                f"Request {request.id} ({request.right}) was closed, and what it restricts is restricted still.",
                "Its contacts are held, and no texts go to the person's numbers.",
                "If that is over, tell the person first, and then report it: steward request lift-restriction.",
            ],
        )

    def table_ends(self, last: date) -> None:
        """Tell that the table of bank holidays ends soon."""
        self._publish(
            "The table of bank holidays ends soon",
            [
                f"It ends on {last:%d %B %Y}; no deadline beyond it is computed.",
                "A newer release of steward has to be deployed before that.",
            ],
        )

    def incomplete(self, request: SubjectRequest) -> None:
        """Tell that not everything could be looked through."""
        unreadable = request.search.unreadable if request.search else ()
        unlisted = request.search.unlisted if request.search else ()
        self._publish(
            f"The search is incomplete: request {request.id}",
            [
                f"Not everything could be looked through for request {request.id}.",
                "So nobody can say that no more is held.",
                *unreadable,
                *(["It is looked for again every night."] if unreadable else []),
                *(
                    f"{one}: Connect does not list its chain. Look in Connect for what belongs to it."
                    for one in unlisted
                ),
            ],
        )

    def _publish(self, subject: str, lines: list[str]) -> None:
        send_mail(self.topic_arn, subject, "\n".join(lines))
