"""Contacts on Amazon Connect, exported records on S3, and the stream between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from steward.arrivals.counting import Ended
from steward.aws.clients import CONNECT_PIPELINE, client
from steward.aws.errors import translated
from steward.retention.contact_records import Month
from steward.rights.adapters.records import S3Records
from steward.rights.finding.searching import ERRORS

_MOST_OF_A_PAGE: Final = 100
"""``MaxResults`` of SearchContacts."""


@dataclass(frozen=True)
class ConnectContacts:
    """The contacts of one instance.

    https://docs.aws.amazon.com/connect/latest/APIReference/API_SearchContacts.html
    """

    instance_arn: str

    def ended(self, since: datetime, until: datetime) -> Iterator[Ended]:
        """Return the contacts that were disconnected in that time. Raises AwsError.

        Whether a time range includes its end is not documented (API_SearchContactsTimeRange), so each contact comes
        with its own moment. Pages are asked for at the pace that the account's quota of the operation allows.
        """
        pages = (
            client("connect", CONNECT_PIPELINE)
            .get_paginator("search_contacts")
            .paginate(
                InstanceId=self.instance_arn.rpartition("/")[2],
                TimeRange={"Type": "DISCONNECT_TIMESTAMP", "StartTime": since, "EndTime": until},
                PaginationConfig={"PageSize": _MOST_OF_A_PAGE},
            )
        )
        with translated("connect.SearchContacts"):
            for page in pages:
                for one in page["Contacts"]:
                    # Found by its end, which the model does not promise to tell.
                    yield Ended(one["Id"], one.get("DisconnectTimestamp", since))


@dataclass(frozen=True)
class KinesisStream:
    """The stream of contact records."""

    name: str

    def made(self) -> datetime:
        """Return when it was made. Raises AwsError.

        https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StreamDescriptionSummary.html
        """
        with translated("kinesis.DescribeStreamSummary"):
            answer = client("kinesis").describe_stream_summary(StreamName=self.name)
        made: datetime = answer["StreamDescriptionSummary"]["StreamCreationTimestamp"]
        return made


@dataclass(frozen=True)
class ExportedRecords:
    """The bucket of contact records, by the months in which contacts began."""

    stored: S3Records

    def arrived_before(self, first: Month, last: Month, moment: datetime) -> bool | None:
        """Return whether anything of those months was written before that moment; None where nothing was at all."""
        anything: bool | None = None
        for written in self.stored.written(first, last):
            if written < moment:
                return True
            anything = False
        return anything

    def objects(self, first: Month, last: Month, since: datetime) -> Iterator[str]:
        """Return the keys of what was written since then in the partitions of those months."""
        for partition in self.stored.partitions(first, last):
            if partition != ERRORS:
                yield from self.stored.objects(partition, "", since)

    def lines(self, key: str) -> Iterator[bytes]:
        """Return the records of an object. Raises UnreadableRecords."""
        return self.stored.lines(key)
