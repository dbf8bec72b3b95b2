"""What the register and the data protection officer know of removals, on DynamoDB and SNS.

| pk | sk | row |
| --- | --- | --- |
| ``CONTACT#<contact>`` | ``REMOVAL#<number of the approval, six digits>`` | that the removal was carried out |
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.mail import send_mail
from steward.aws.rows import values
from steward.decisions.people import Person
from steward.evidence.acts import Act
from steward.holds.adapters import rows
from steward.holds.removing.confirming import Removed
from steward.holds.removing.erasing import Version
from steward.holds.removing.locations import StoredObject
from steward.ids import ContactId
from steward.plain import plain

MOST_NAMED = 50
"""So many objects are named in one message."""


@dataclass(frozen=True)
class DynamoNotes:
    """The register's table. Every call raises ``AwsError``."""

    table: str

    def carried_out(self, contact_id: ContactId, number: int) -> bool:
        """Tell whether the approval of that number was carried out (consistent read)."""
        key = rows.removal_key(contact_id, number)
        with translated("dynamodb.Query"):
            found = client("dynamodb").query(
                TableName=self.table,
                KeyConditionExpression="pk = :pk AND sk = :sk",
                ExpressionAttributeValues={":pk": key["pk"], ":sk": key["sk"]},
                ConsistentRead=True,
            )
        return bool(found["Items"])

    def note(self, contact_id: ContactId, number: int, at: datetime) -> None:
        """Note that it was."""
        with translated("dynamodb.PutItem"):
            client("dynamodb").put_item(
                TableName=self.table, Item={**rows.removal_key(contact_id, number), **values({"at": at})}
            )

    def entered(self, stored: StoredObject, cause: str) -> bool:
        """Tell whether the ledger has a version of that object with that cause."""
        key = rows.disposal_key(stored.bucket, stored.key, "")
        pages = (
            client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": key["pk"]},
                ConsistentRead=True,
            )
        )
        with translated("dynamodb.Query"):
            return any(rows.read_disposal(row).cause == cause for page in pages for row in page["Items"])


@dataclass(frozen=True)
class SnsRemovalNotices:
    """Tells the data protection officer's topic; ids and the names of objects only. Every call raises ``AwsError``."""

    topic_arn: str

    def removed(self, contact_id: ContactId, gone: Sequence[StoredObject], unknown: Sequence[StoredObject]) -> None:
        """Tell what is gone, and what never was."""
        lines = [f"What two people agreed to remove of contact {contact_id} was looked for in every bucket."]
        lines += _named("Gone, with every version and every held copy:", gone)
        lines += _named("Not found, so nothing was removed; ask again if the name is wrong:", unknown)
        subject = "Card data removed" if not unknown else "Card data not found" if not gone else "Card data: see below"
        self._publish(f"{subject}: contact {contact_id}", lines)

    def not_gone(self, contact_id: ContactId, left: int, refused: int) -> None:
        """Tell that something is there still."""
        self._publish(
            f"Card data is not gone yet: contact {contact_id}",
            [
                f"Of what two people agreed to remove of contact {contact_id}, {left} versions are there still.",
                f"S3 refused to delete {refused} of them." if refused else "Something goes on writing them.",
                "It is tried again; after five attempts an alarm is raised. No hold copies them any more.",
            ],
        )

    def waiting(self, contact_id: ContactId) -> None:
        """Tell that the switch keeps everything where it is."""
        self._publish(
            f"Card data waits: contact {contact_id}",
            [
                f"Not all that two people agreed to remove of contact {contact_id} is gone:",
                "disposal is switched off, cannot be asked for, or has reached its limit for one run.",
                "It is tried again, and every night. docs/runbook.md says how disposal is switched on.",
            ],
        )

    def unannounced(self, gone: Sequence[Removed], there: Sequence[Removed]) -> None:
        """Tell of versions that went without an entry in the ledger, and of such that are there all the same."""
        lines = ["S3 says that held copies were removed for good. Nothing in the disposal ledger announced it."]
        lines += _named("Gone; steward did not remove them:", [one.stored for one in gone])
        lines += _named("Still there, so that the message that they are gone is false:", [one.stored for one in there])
        lines += ["Break-glass announces what it removes. docs/runbook.md says what to look at."]
        self._publish("Held copies were removed by somebody", lines)

    def unexplained(self, gone: Sequence[Removed]) -> None:
        """Tell of versions that went for a cause that nothing explains."""
        lines = ["Held copies were removed for good. The disposal ledger names a cause, and nothing explains it:"]
        lines += ["no hold had reached its end, and no two people decided that they go."]
        lines += _named("Gone:", [one.stored for one in gone])
        lines += ["Somebody may have written the ledger beside steward. docs/runbook.md says what to look at."]
        self._publish("A removal that no decision explains", lines)

    def breaking(self, by: Person, version: Version, why: str) -> None:
        """Tell that somebody is about to remove a held copy before its time."""
        self._publish(
            f"Break-glass: {by.name} removes a held copy",
            [
                f"{by} removes this version of a held copy before its time, whatever its lock:",
                f"- {plain(version.stored)}, version {plain(version.version_id)}",
                f"The reason, in their words: {plain(why)}",
                "It stands in the disposal ledger. If nobody told you of it, docs/runbook.md says what to look at.",
            ],
        )

    def act(self, act: Act) -> None:
        """Tell what CloudTrail saw somebody do, or try, beside steward's own functions."""
        self._publish(
            f"{'Refused: ' if act.refused else ''}{act.what}",
            [
                f"{plain(act.by)} {'tried' if act.refused else 'did'} {plain(act.what)} at {plain(act.at)}.",
                f"On: {plain(act.on)}",
                f"From: {plain(act.source)}",
                *([f"AWS refused it: {plain(act.refused)}"] if act.refused else []),
                "No function of steward did this. docs/runbook.md says what to look at.",
            ],
        )

    def unfounded(self) -> None:
        """Tell that somebody ordered a removal on which no two people agreed: it was not carried out."""
        self._publish(
            "An order to remove card data was refused",
            [
                "Somebody ordered the removal of recordings on which no two people agreed. Nothing was removed.",
                "The order lies with the dead letters of card data removals; docs/runbook.md says what to look at.",
            ],
        )

    def _publish(self, subject: str, lines: Sequence[str]) -> None:
        send_mail(self.topic_arn, subject, "\n".join(lines))


def _named(heading: str, objects: Sequence[StoredObject]) -> list[str]:
    named = [f"- {plain(one)}" for one in objects[:MOST_NAMED]]
    more = [f"- and {len(objects) - MOST_NAMED} more"] if len(objects) > MOST_NAMED else []
    return [heading, *named, *more] if objects else []
