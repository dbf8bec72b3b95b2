"""Notices of erasures to the information team, on SNS: references, counts, days and fixed words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from steward.aws.mail import send_mail
from steward.rights.erasure.artefacts import ArtefactStatus, Erasure
from steward.rights.requests import RequestId


@dataclass(frozen=True)
class SnsErasureNotices:
    """Publishes to the information team's topic."""

    topic_arn: str

    def planned(self, erasure: Erasure) -> None:
        """Tell that a plan waits for somebody to agree."""
        self._publish(
            f"An erasure waits for approval: request {erasure.request}",
            [
                f"For request {erasure.request} everything that is kept was listed. Nothing was removed.",
                *_counts(erasure),
                f"The plan's SHA-256 is {erasure.plan_sha256}.",
                f"See it: steward request show {erasure.request}. What has to stay is said with steward request erase.",
                "Somebody who had no part in it approves it: steward decide erasure.",
            ],
        )

    def too_large(self, request: RequestId, contacts: int, most: int) -> None:
        """Tell that a request is about more contacts than one erasure can be, and how it is answered then."""
        self._publish(
            f"Too many contacts for one erasure: request {request}",
            [
                f"Request {request} is about {contacts} contacts, and one erasure plans at most {most}.",
                "Nothing is planned. Receive it again in parts, and close this one:",
                "each part is a request of its own, whose intake names its contacts (type contact).",
            ],
        )

    def finished(self, erasure: Erasure) -> None:
        """Tell that it is done, or in part: what waits, and until when."""
        waits = erasure.of(ArtefactStatus.DEFERRED)
        said = "Erased in part" if waits else "Erased"
        days = Counter((one.ground, one.until) for one in waits)
        self._publish(
            f"{said}: request {erasure.request}",
            [
                *_counts(erasure),
                *(
                    f"{count} wait ({ground.replace('_', ' ')}) until {until:%d %B %Y}."
                    if until
                    else f"{count} wait ({ground.replace('_', ' ')}); no day is known on which that ends."
                    for (ground, until), count in sorted(days.items(), key=str)
                ),
                *(["What waits goes by itself once nothing holds it, and you are told again."] if waits else []),
                _last(erasure, waits=bool(waits)),
            ],
        )

    def waits(self, erasure: Erasure, why: str) -> None:
        """Tell that what two people agreed on is not carried out now."""
        self._publish(
            f"An erasure waits: request {erasure.request}",
            [
                f"Not all that two people agreed to erase for request {erasure.request} is gone: {why}.",
                "It is tried again every night. docs/runbook.md says how disposal is switched on, or its limit raised.",
            ],
        )

    def reappeared(self, request: RequestId, artefacts: int) -> None:
        """Tell that something came back, and was removed again."""
        self._publish(
            f"Erased data came back: request {request}",
            [
                f"{artefacts} of what was erased for request {request} had come back, and was removed again.",
                "Connect sends a contact's record again when the contact changes; a restored table brings rows back.",
            ],
        )

    def failed(self, erasure: Erasure) -> None:
        """Tell that something could not be removed, and which."""
        failed = erasure.of(ArtefactStatus.FAILED)
        self._publish(
            f"Not erased: request {erasure.request}",
            [
                *_counts(erasure),
                *(f"{one.store}, {one.key}: {one.ground.replace('_', ' ')}." for one in failed[:50]),
                "It is tried again every night.",
            ],
        )

    def _publish(self, subject: str, lines: list[str]) -> None:
        send_mail(self.topic_arn, subject, "\n".join(lines))


def _last(erasure: Erasure, *, waits: bool) -> str:
    if erasure.count(ArtefactStatus.NOT_VERIFIED):
        return (
            "Tell the person what cannot be shown to be gone: steward request show has it. Connect keeps the contact "
            "itself for 24 months, and that with it."
        )
    if waits:
        return "Tell the person."
    return "Tell the person. Connect keeps the contact itself for 24 months, without who it was."


def _counts(erasure: Erasure) -> list[str]:
    said = {
        ArtefactStatus.PENDING: "go",
        ArtefactStatus.ERASED: "are erased",
        ArtefactStatus.ALREADY_GONE: "were gone already",
        ArtefactStatus.DEFERRED: "wait",
        ArtefactStatus.REFUSED: "stay",
        ArtefactStatus.FAILED: "could not be removed",
        ArtefactStatus.NOT_VERIFIED: "cannot be shown to be gone: Connect has them until it deletes the contact",
    }
    return [f"{erasure.count(status)} {words}." for status, words in said.items() if erasure.count(status)]
