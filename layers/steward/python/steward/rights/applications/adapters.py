"""Applications in AWS: rows of the table of rights, and objects in a store of their own.

| pk | sk | row |
| --- | --- | --- |
| ``APPLICATION#<reference in upper case>`` | ``META`` | the application, and on which day it goes |
| ``OBJECT#<digest of the key>`` | ``META`` | whose object that is; nobody's any more once it was disposed of |
| ``LEDGER#<London date>`` | ``APPLICATION#<reference>`` | the versions that were about to go on that day |
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.mail import send_mail
from steward.aws.rows import plain, read, stamp, values, write
from steward.clock import london_midnight
from steward.failures import Contended, InvalidRequest, NotFound, PreconditionFailed
from steward.holds.references import folded
from steward.holds.requests import BadRequest
from steward.ids import CaseRef
from steward.names import AGENDA, AGENDA_INDEX, NEXT_ACTION_AT, PARTITION_KEY, SORT_KEY
from steward.rights.applications.keeping import AnothersObject
from steward.rights.applications.register import Application, ApplicationId
from steward.rights.ports import VersionConflict

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

AGENDA_NAME: Final = "applications"
OWNER: Final = "application"


@dataclass(frozen=True)
class DynamoApplications:
    """The table of rights. Every call raises ``AwsError``."""

    table: str

    def find(self, application: ApplicationId) -> Application | None:
        """Return an application (consistent read)."""
        with translated("dynamodb.GetItem"):
            answer = client("dynamodb").get_item(
                TableName=self.table, Key=values(_key(application)), ConsistentRead=True
            )
        row = answer.get("Item")
        return read(row, Application) if row else None

    def save(self, before: Application | None, after: Application, due_on: date) -> Application:
        """Store it, guarded by its version, with the day on which it goes.

        The object is its own from the first entry to the disposal. Raises ``VersionConflict``, and ``AnothersObject``
        for the first entry where it is another application's.
        """
        stored = replace(after, version=(before.version if before else 0) + 1)
        due = {} if stored.disposed_at else values({AGENDA: AGENDA_NAME, NEXT_ACTION_AT: london_midnight(due_on)})
        parameters: dict[str, Any] = {
            "TableName": self.table,
            "Item": {**values(_key(stored.id)), **write(stored), **due},
            "ConditionExpression": f"attribute_not_exists({PARTITION_KEY})",
        }
        if before is not None:
            parameters["ConditionExpression"] = "#version = :before"
            parameters["ExpressionAttributeNames"] = {"#version": "version"}
            parameters["ExpressionAttributeValues"] = values({":before": before.version})
        changes = [{"Put": parameters}]
        if before is None or self.owner(stored.object_key) in ("", stored.id):
            changes.append({"Put": self._owned(stored)})
        try:
            with translated("dynamodb.TransactWriteItems"):
                client("dynamodb").transact_write_items(TransactItems=changes)  # type: ignore[arg-type]
        except (Contended, PreconditionFailed):
            if before is None and self.owner(stored.object_key) not in ("", stored.id):
                raise AnothersObject(stored.object_key) from None
            raise VersionConflict("the application changed since it was read") from None
        return stored

    def _owned(self, application: Application) -> dict[str, Any]:
        owner = "" if application.disposed_at else application.id
        return {
            "TableName": self.table,
            "Item": values({**_object_key(application.object_key), OWNER: owner}),
            "ConditionExpression": f"attribute_not_exists({PARTITION_KEY}) OR #owner IN (:own, :nobody)",
            "ExpressionAttributeNames": {"#owner": OWNER},
            "ExpressionAttributeValues": values({":own": application.id, ":nobody": ""}),
        }

    def owner(self, key: str) -> str:
        """Return whose object that is by now; empty if it is nobody's."""
        with translated("dynamodb.GetItem"):
            answer = client("dynamodb").get_item(
                TableName=self.table, Key=values(_object_key(key)), ConsistentRead=True
            )
        return str(plain(answer["Item"]).get(OWNER, "")) if "Item" in answer else ""

    def due(self, today: date) -> Iterator[ApplicationId]:
        """Return every application whose day has come; what the index names is read again."""
        until = stamp(london_midnight(today))
        pages = (
            client("dynamodb")
            .get_paginator("query")
            .paginate(
                TableName=self.table,
                IndexName=AGENDA_INDEX,
                KeyConditionExpression=f"{AGENDA} = :agenda AND {NEXT_ACTION_AT} <= :until",
                ExpressionAttributeValues=values({":agenda": AGENDA_NAME, ":until": until}),
            )
        )
        with translated("dynamodb.Query"):
            for page in pages:
                for row in page["Items"]:
                    yield ApplicationId(str(plain(row)["id"]))

    def enter_disposal(self, application: Application, versions: Sequence[str], on: date) -> None:
        """Write the ledger before the act; the same night's entry again is written over."""
        key = {PARTITION_KEY: f"LEDGER#{on.isoformat()}", SORT_KEY: _key(application.id)[PARTITION_KEY]}
        entry = {"object_key": application.object_key, "versions": [*versions], "received_on": application.received_on}
        with translated("dynamodb.PutItem"):
            client("dynamodb").put_item(TableName=self.table, Item=values({**key, **entry}))


@dataclass(frozen=True)
class S3Applications:
    """The store of applications. Every call raises ``AwsError``."""

    bucket: str

    def exists(self, key: str) -> bool:
        """Tell whether the object is there."""
        try:
            with translated("s3.HeadObject"):
                client("s3").head_object(Bucket=self.bucket, Key=key)
        except NotFound:
            return False
        return True

    def versions(self, key: str) -> tuple[str, ...]:
        """Return the ids of every version and marker of that very key."""
        found = list[str]()
        with translated("s3.ListObjectVersions"):
            for page in client("s3").get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=key):
                entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
                found += [one["VersionId"] for one in entries if one["Key"] == key]
        return tuple(found)

    def is_kept(self, key: str, version: str) -> bool:
        """Tell whether a version is under legal hold, whoever put it there; a marker never is."""
        try:
            with translated("s3.GetObjectLegalHold"):
                answer = client("s3").get_object_legal_hold(Bucket=self.bucket, Key=key, VersionId=version)
        except (InvalidRequest, NotFound):
            return False
        return answer.get("LegalHold", {}).get("Status") == "ON"

    def keep(self, key: str, version: str, *, held: bool) -> None:
        """Put a version under legal hold, or lift it; a marker takes none."""
        try:
            with translated("s3.PutObjectLegalHold"):
                client("s3").put_object_legal_hold(
                    Bucket=self.bucket, Key=key, VersionId=version, LegalHold={"Status": "ON" if held else "OFF"}
                )
        except (InvalidRequest, NotFound):
            # Object Lock does not work on delete markers (S3 user guide, "Managing delete markers with Object Lock").
            return

    def dispose(self, key: str, versions: Sequence[str]) -> int:
        """Delete these versions and return how many S3 refused."""
        if not versions:
            return 0
        objects: list[ObjectIdentifierTypeDef] = [{"Key": key, "VersionId": one} for one in versions]
        with translated("s3.DeleteObjects"):
            answer = client("s3").delete_objects(Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True})
        return len(answer.get("Errors", []))


@dataclass(frozen=True)
class SnsApplicationNotices:
    """Publishes to the information team's topic. Every call raises ``AwsError``."""

    topic_arn: str

    def refused(self, refusal: BadRequest) -> None:
        """Tell that something was refused, and why. What could not be read is not quoted: it may be personal."""
        about = refusal.about or "an application that could not be read"
        lines = [
            f"Something that was said about {about} was refused: nothing was done.",
            f"{refusal.field}: {refusal.problem}.",
            "It was set aside. Put it right and send it again.",
        ]
        send_mail(self.topic_arn, f"Refused: {about}", "\n".join(lines))


def _object_key(key: str) -> dict[str, str]:
    return {PARTITION_KEY: f"OBJECT#{hashlib.sha256(key.encode()).hexdigest()}", SORT_KEY: "META"}


def _key(application: ApplicationId) -> dict[str, str]:
    return {PARTITION_KEY: f"APPLICATION#{folded(CaseRef(application))}", SORT_KEY: "META"}
