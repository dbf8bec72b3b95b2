"""The stores of ``steward.retention.contact_records`` on S3 and DynamoDB, and the switch in Systems Manager."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from steward.aws.clients import client
from steward.aws.errors import translated
from steward.aws.rows import Row, values
from steward.clock import london_date
from steward.failures import AwsError
from steward.ids import RecordClass
from steward.names import CONTACT_RECORD_ERRORS, CONTACT_RECORDS, PARTITION_KEY, SORT_KEY
from steward.retention.contact_records import Month, StoredVersion
from steward.retention.disposal import DisposalSwitch, Tally
from steward.retention.switch import SwitchUnread, stated

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import (
        ListObjectVersionsOutputTypeDef,
        ListObjectVersionsRequestPaginateTypeDef,
        ObjectIdentifierTypeDef,
    )

_KEPT = timedelta(days=90)
"""How long the count of a night stays to be looked at."""

_YEAR = re.compile(rf"{CONTACT_RECORDS}year=(\d{{4}})/")
_MONTH = re.compile(rf"{CONTACT_RECORDS}year=(\d{{4}})/month=(0[1-9]|1[0-2])/")


@dataclass(frozen=True)
class S3Partitions:
    """Partitions named ``contact-records/year=YYYY/month=MM/``, as the delivery stream writes them.

    Every call raises ``AwsError``.
    """

    bucket: str

    def months(self, through: Month) -> Iterator[Month]:
        """Return every month up to that one of which anything is left.

        Folders of another form are left to the lifecycle rule.
        """
        for year in self._folders(CONTACT_RECORDS):
            found = _YEAR.fullmatch(year)
            if found and int(found[1]) <= through.year:
                for folder in self._folders(year):
                    match = _MONTH.fullmatch(folder)
                    month = Month(int(match[1]), int(match[2])) if match else None
                    if month and month <= through:
                        yield month

    def versions(self, month: Month) -> Iterator[StoredVersion]:
        """Return every version and delete marker of that month."""
        for page in self._pages(prefix_of(month)):
            for entry in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                yield StoredVersion(entry["Key"], entry["VersionId"])

    def dispose(self, versions: Sequence[StoredVersion]) -> int:
        """Delete those versions in one request and return how many S3 refused."""
        objects: list[ObjectIdentifierTypeDef] = [
            {"Key": version.key, "VersionId": version.version_id} for version in versions
        ]
        s3 = client("s3")
        with translated("s3.DeleteObjects"):
            answer = s3.delete_objects(Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True})
        return len(answer.get("Errors", []))

    def set_aside(self, since: datetime) -> int:
        """Return how many objects Firehose has written below its error prefix since then."""
        return sum(
            entry["LastModified"] >= since
            for page in self._pages(CONTACT_RECORD_ERRORS)
            for entry in page.get("Versions", [])
        )

    def _folders(self, prefix: str) -> Iterator[str]:
        for page in self._pages(prefix, "/"):
            for folder in page.get("CommonPrefixes", []):
                yield folder["Prefix"]

    def _pages(self, prefix: str, delimiter: str = "") -> Iterator[ListObjectVersionsOutputTypeDef]:
        selection: ListObjectVersionsRequestPaginateTypeDef = {"Bucket": self.bucket, "Prefix": prefix}
        if delimiter:
            selection["Delimiter"] = delimiter
        with translated("s3.ListObjectVersions"):
            yield from client("s3").get_paginator("list_object_versions").paginate(**selection)


@dataclass(frozen=True)
class RegisterLedger:
    """Rows of the register table under ``LEDGER#<London date of the run>``, one for each month that a run touches.

    Every call raises ``AwsError``.
    """

    table: str

    def take(self, wanted: int, limit: int, run: datetime) -> int:
        """Take so many deletions from what the runs of that London date may make together; return how many are left."""
        dynamodb = client("dynamodb")
        with translated("dynamodb.UpdateItem"):
            answer = dynamodb.update_item(
                TableName=self.table,
                Key=values(
                    {PARTITION_KEY: f"NIGHT#{london_date(run).isoformat()}", SORT_KEY: str(RecordClass.CONTACT_RECORD)}
                ),
                UpdateExpression="ADD entered :more SET expires_at = :then",
                ExpressionAttributeValues=values({":more": wanted, ":then": int((run + _KEPT).timestamp())}),
                ReturnValues="UPDATED_NEW",
            )
        before = int(answer["Attributes"]["entered"]["N"]) - wanted
        return min(max(limit - before, 0), wanted)

    def open(self, month: Month, run: datetime) -> None:
        """Write the row before the first deletion; writing it again changes nothing."""
        row = _key(month, run) | values(
            {
                "cause": "retention_sweep",
                "record_class": RecordClass.CONTACT_RECORD,
                "prefix": prefix_of(month),
                "started_at": run,
                "outcome": "started",
            }
        )
        dynamodb = client("dynamodb")
        with translated("dynamodb.PutItem"):
            dynamodb.put_item(TableName=self.table, Item=row)

    def close(self, month: Month, run: datetime, tally: Tally) -> None:
        """Add the numbers to the row."""
        dynamodb = client("dynamodb")
        with translated("dynamodb.UpdateItem"):
            dynamodb.update_item(
                TableName=self.table,
                Key=_key(month, run),
                UpdateExpression="SET outcome = :finished, tally = :tally",
                ExpressionAttributeValues=values({":finished": "finished", ":tally": tally}),
            )


def read_switch(parameter: str) -> DisposalSwitch:
    """Return the present state of the switch that the parameter of that name holds.

    Raises SwitchUnread when it is missing, holds anything else (then MalformedSwitch) or cannot be read: a run that
    cannot ask does not delete.
    """
    try:
        with translated("ssm.GetParameter"):
            answer = client("ssm").get_parameter(Name=parameter)
    except AwsError as error:
        raise SwitchUnread(error.operation, error.code) from error
    return stated(parameter, answer["Parameter"].get("Value", ""))


def prefix_of(month: Month) -> str:
    """Return the prefix of that month's objects."""
    return f"{CONTACT_RECORDS}year={month.year:04}/month={month.month:02}/"


def _key(month: Month, run: datetime) -> Row:
    return values(
        {
            PARTITION_KEY: f"LEDGER#{london_date(run).isoformat()}",
            SORT_KEY: f"RETENTION#{RecordClass.CONTACT_RECORD}#{month}#{run.isoformat()}",
        }
    )
