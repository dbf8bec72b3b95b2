"""Where the instance stores each kind of record today, and what an import of it has to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.stores.records.classes import CONNECT_RESOURCE_TYPES, camel
from steward.ids import RecordClass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_connect import ConnectClient

    from infra.config import Environment

KINDS: Final = (
    "AGENT_EVENTS",
    "ATTACHMENTS",
    "CALL_RECORDINGS",
    "CHAT_TRANSCRIPTS",
    "CONTACT_EVALUATIONS",
    "CONTACT_TRACE_RECORDS",
    "EMAIL_MESSAGES",
    "MEDIA_STREAMS",
    "REAL_TIME_CONTACT_ANALYSIS_CHAT_SEGMENTS",
    "REAL_TIME_CONTACT_ANALYSIS_SEGMENTS",
    "REAL_TIME_CONTACT_ANALYSIS_VOICE_SEGMENTS",
    "SCHEDULED_REPORTS",
    "SCREEN_RECORDINGS",
)
"""Every kind of storage that an instance has (Amazon Connect API reference, InstanceStorageResourceType)."""

CLASS_OF: Final = {
    **{kind: record_class for record_class, (kind, _) in CONNECT_RESOURCE_TYPES.items()},
    "CONTACT_TRACE_RECORDS": RecordClass.CONTACT_RECORD,
}
"""The record class that each kind is, where steward associates it."""


@dataclass(frozen=True, kw_only=True)
class Associated:
    """One kind's storage, as the instance has it."""

    kind: str
    association_id: str
    bucket: str = ""
    prefix: str = ""
    stream_arn: str = ""

    @property
    def place(self) -> str:
        """The bucket with its prefix, or the stream."""
        return f"{self.bucket}/{self.prefix}" if self.bucket else self.stream_arn


def read_associations(connect: ConnectClient, instance_id: str) -> list[Associated]:
    """Return what the instance has. Raises ``ClientError`` where it may not be read."""
    return [_read(kind, one) for kind in KINDS for one in _pages(connect, instance_id, kind)]


def _pages(connect: Any, instance_id: str, kind: str) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - literals of the stubs
    pages = connect.get_paginator("list_instance_storage_configs")
    for page in pages.paginate(InstanceId=instance_id, ResourceType=kind):
        yield from page["StorageConfigs"]


def _read(kind: str, one: Mapping[str, Any]) -> Associated:
    place = one.get("S3Config", {})
    return Associated(
        kind=kind,
        association_id=str(one["AssociationId"]),
        bucket=str(place.get("BucketName", "")),
        prefix=str(place.get("BucketPrefix", "")),
        stream_arn=str(one.get("KinesisStreamConfig", {}).get("StreamArn", "")),
    )


def resource_mapping(environment: Environment, associated: Sequence[Associated]) -> dict[str, dict[str, str]]:
    """Return what ``cdk import --resource-mapping`` takes over: each resource's logical id, with its identifier.

    The identifiers are each type's ``primaryIdentifier`` in its CloudFormation schema.
    """
    by_class = {CLASS_OF[one.kind]: one for one in associated if one.kind in CLASS_OF}
    mapping: dict[str, dict[str, str]] = {}
    importing = [
        record_class
        for places in (environment.existing_buckets, environment.existing_associations)
        for record_class, one in places.items()
        if one.stage == "import"
    ]
    for record_class in importing:
        name = "ContactRecords" if record_class is RecordClass.CONTACT_RECORD else camel(record_class.value)
        bucket = environment.existing_buckets.get(record_class)
        if bucket is not None:
            mapping[f"{camel(record_class.value)}Bucket"] = {"BucketName": bucket.name}
            if bucket.has_policy:
                mapping[f"{camel(record_class.value)}BucketPolicy"] = {"Bucket": bucket.name}
        if record_class in by_class:
            mapping[f"{name}Association"] = {
                "InstanceArn": environment.instance_arn,
                "AssociationId": by_class[record_class].association_id,
                "ResourceType": by_class[record_class].kind,
            }
    return mapping
